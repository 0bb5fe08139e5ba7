// TableLayouts: the layout of each table that rows were prepared for, made once a definition, as
// making one costs more than preparing a row.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/table_layout.h"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace countersign::ledger {

class TableLayouts {
 public:
  // `table` is one of the definition's. The definition lives as long as the layout does.
  std::shared_ptr<const TableLayout> of(
      const std::shared_ptr<const CampaignDefinition>& definition, const TableDefinition& table);

 private:
  struct Known;

  std::mutex mutex_;
  // Of the latest definition that was asked for. Guarded by mutex_.
  std::map<std::pair<CampaignId, TableKey>, std::shared_ptr<const Known>> known_;
};

}  // namespace countersign::ledger
