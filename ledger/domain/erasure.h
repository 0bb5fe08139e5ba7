// Erasure: the values of a row are taken out of the log on a lawful order. Headers, leaves and with
// them every proof stay; that something was erased, by whose order and by whom, stays as well. Which
// row it was is not said: the entries and items are.
#pragma once

#include "ledger/domain/references.h"

#include <string>
#include <vector>

namespace countersign::ledger {

// An item of an earlier entry, with the leaf that stays of it.
struct ErasureTarget {
  LeafIndex entry = 0;
  std::uint32_t item = 0;
  Hash leaf{};

  bool operator==(const ErasureTarget&) const = default;
};

struct EraseRow {
  CampaignId campaign;
  TableKey table;
  RowKey row;         // not recorded
  DocumentRef order;  // of the authority that orders it
  std::string basis;  // the law it is ordered under
  // Filled in when the command is prepared, from the log: every change of the row that still holds
  // values, oldest first, and whether the last change removed it.
  std::vector<ErasureTarget> targets{};
  bool row_removed{};
};
struct RowErased {
  CampaignId campaign;
  TableKey table;
  std::uint32_t items = 0;
  DocumentRef order;                   // title: payload
  std::string basis;                   // payload
  std::vector<ErasureTarget> targets;  // payload
};

}  // namespace countersign::ledger
