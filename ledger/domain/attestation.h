// Attestation: an entry that commits to the last change of every row of a table, removals included,
// as the log stood just before it. By it a row's changes are shown to be all there were up to then:
// no entry says of a row that it did not change, this one says it of all rows at once.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"

#include <cstdint>

namespace countersign::ledger {

// RFC 6962 head over the item leaf of each row's last change, sorted by the bytes of the row keys;
// a row that was removed counts with its removal.
struct HeadsRef {
  Hash hash{};
  std::uint64_t rows = 0;

  bool operator==(const HeadsRef&) const = default;
};

struct AttestTable {
  CampaignId campaign;
  TableKey table;
  // Filled in when the command is prepared, from the row heads.
  HeadsRef heads{};
  TreeSize computed_at = 0;  // the heads were read at this tree size
};
struct TableAttested {
  CampaignId campaign;
  TableKey table;
  HeadsRef heads;
};

}  // namespace countersign::ledger
