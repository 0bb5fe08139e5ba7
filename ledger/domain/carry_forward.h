// "Do not ask again" (domain-model.md section 9): rows of last year's edition carried forward,
// confirmed, and what the persons behind rows may ask for. Commands first, then their events.
#pragma once

#include "ledger/domain/references.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

// Where carried rows come from.
struct CarrySource {
  CampaignId campaign;
  TableKey table;
  VersionRef version;                  // as it was last submitted there
  std::vector<std::string> new_items;  // columns that the old edition has nothing for
  // By column: cells that no longer fit its type or code list, and were left empty.
  std::map<std::string, std::uint64_t> unfit{};
  std::uint64_t left_out = 0;  // rows whose key no longer fits, or is another row's by now
};

// Rows that were carried forward stand as they are.
struct ConfirmRows {
  CampaignId campaign;
  TableKey table;
  std::vector<RowKey> rows;
  bool bulk = false;  // all that were neither changed nor confirmed, in one act

  // Of many rows every so many are an entry of their own, as with changes.
  static constexpr std::size_t kRowsAnEntry = 1000;
};
struct RowsConfirmed {
  CampaignId campaign;
  TableKey table;
  std::uint64_t count = 0;
  bool bulk = false;
  std::vector<RowKey> rows;  // payload
};

// The person whom a row is about says that it is wrong.
struct RequestCorrection {
  CampaignId campaign;
  TableKey table;
  RowKey row;
  std::string column;
  std::string text;
};
struct CorrectionRequested {
  CampaignId campaign;
  TableKey table;
  std::string column;
  RowKey row;        // payload
  std::string text;  // payload
};
// The responsible department's answer; the change itself, if there is one, is an entry before it.
struct AnswerCorrection {
  CampaignId campaign;
  TableKey table;
  LeafIndex request = 0;
  bool granted = false;
  std::string reason;                 // required when refused
  std::optional<LeafIndex> change{};  // granted: the entry that changed the row
};
struct CorrectionAnswered {
  CampaignId campaign;
  TableKey table;
  LeafIndex request = 0;
  bool granted = false;
  std::string reason;  // payload
  std::optional<LeafIndex> change{};
};

}  // namespace countersign::ledger
