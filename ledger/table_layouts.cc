#include "ledger/table_layouts.h"

namespace countersign::ledger {

struct TableLayouts::Known {
  std::shared_ptr<const CampaignDefinition> definition;
  TableLayout layout;
};

std::shared_ptr<const TableLayout> TableLayouts::of(
    const std::shared_ptr<const CampaignDefinition>& definition, const TableDefinition& table) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const Known>& known = known_[{definition->id, table.key}];
  if (known == nullptr || known->definition != definition) {
    known = std::make_shared<const Known>(Known{definition, TableLayout(table)});
  }
  return {known, &known->layout};
}

}  // namespace countersign::ledger
