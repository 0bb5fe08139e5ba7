// Decisions on what has to be taken into account before anybody is called late: what a department
// was given when, and when the platform stood still.
#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

Decided decide(const DecideContext& context, const RecordReadiness& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor_with_role(command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (command.departments.empty()) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "department"}});
  }
  for (const DepartmentId& department : command.departments) {
    if (campaign->department(department) == nullptr) {
      return refuse(RefusalCode::unknown_subject, {{"subject", "department"}});
    }
  }
  return decision_of(
      std::get<Actor>(actor),
      DepartmentsReady{command.campaign, command.departments, command.what, command.text}, 0);
}

Decided decide(const DecideContext& context, const RecordOutage& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor(command.campaign, [](const Hat& hat) {
    return hat.role == Role::centre_office || hat.role == Role::administrator;
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (command.text.empty()) return refuse(RefusalCode::reason_missing);
  // What has not happened excuses nothing.
  if (command.to <= command.from || command.to > context.now) {
    return refuse(RefusalCode::outage_not_over);
  }
  for (const TableKey& key : command.tables) {
    if (campaign->table(key) == nullptr) {
      return refuse(RefusalCode::unknown_table, {{"table", key.value}});
    }
  }
  return decision_of(
      std::get<Actor>(actor),
      OutageRecorded{command.campaign, command.from, command.to, command.tables, command.text}, 0);
}

}  // namespace countersign::ledger
