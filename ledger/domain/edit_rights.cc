#include "ledger/domain/edit_rights.h"

#include <algorithm>

namespace countersign::ledger {

bool may_carry_forward(const Hat& hat, const TableDefinition& table) {
  return hat.role == Role::centre_office ||
         (hat.role == Role::filler && hat.department == table.owner);
}

EditRights::EditRights(const Directory& directory, const AccountId& account,
                       const CampaignId& campaign, const TableDefinition& table, Timestamp now,
                       bool carrying)
    : table_(table) {
  const AccountRecord* record = directory.active_account(account, now);
  const CampaignDefinition* definition = directory.campaign(campaign);
  if (record == nullptr || definition == nullptr) return;
  for (const UsableHat& usable : usable_hats(directory, *record, campaign, now)) {
    if (carrying) {
      if (may_carry_forward(usable.hat, table)) all_ = true;
      continue;
    }
    if (usable.hat.role != Role::filler) continue;
    if (usable.hat.department == table.owner) all_ = true;
    for (const AssistPart& part : table.assisting) {
      const auto& helpers = part.departments;
      if (std::find(helpers.begin(), helpers.end(), usable.hat.department) == helpers.end()) {
        continue;
      }
      const Department* department = definition->department(usable.hat.department);
      parts_.push_back({&part, department == nullptr ? "" : department->unit_no});
    }
  }
}

bool EditRights::covers(const std::set<std::string>& columns, const Cells& before,
                        const Cells& cells) const {
  if (all_) return true;
  const auto holds = [](const auto& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
  };
  const auto own_row = [](const Part& one, const Cells& row) {
    const auto cell = row.find(one.part->row_column);
    return cell == row.end() || cell->second == one.unit_no;
  };
  return std::any_of(parts_.begin(), parts_.end(), [&](const Part& one) {
    const bool columns_within =
        one.part->columns.empty() ||
        std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
          return holds(one.part->columns, column) || holds(table_.key_columns, column);
        });
    const bool rows_within =
        one.part->row_column.empty() || (own_row(one, before) && own_row(one, cells));
    return columns_within && rows_within;
  });
}

}  // namespace countersign::ledger
