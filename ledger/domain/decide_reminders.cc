// Decisions on chases and their answers (domain-model.md section 2.3): who reminds a late unit of
// what, and what the unit says to it.
#include "ledger/domain/decide_context.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

// The department answers for the table, or for a part of it.
bool supplies(const TableDefinition& table, const DepartmentId& department) {
  if (table.owner == department) return true;
  return std::any_of(table.assisting.begin(), table.assisting.end(), [&](const AssistPart& part) {
    return std::find(part.departments.begin(), part.departments.end(), department) !=
           part.departments.end();
  });
}

}  // namespace

Decided decide(const DecideContext& context, const ChaseUnit& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor_with_role(command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (campaign->department(command.department) == nullptr) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "department"}});
  }
  if (command.text.empty()) return refuse(RefusalCode::reason_missing);
  if (command.tables.empty()) return refuse(RefusalCode::unknown_table, {{"table", ""}});
  for (const TableKey& key : command.tables) {
    auto found = find_task(context, command.campaign, key);
    if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
    const TaskContext& at = std::get<TaskContext>(found);
    if (!supplies(*at.table, command.department)) {
      return refuse(RefusalCode::unknown_table, {{"table", key.value}});
    }
    // Nobody is reminded of what is done.
    if (is_settled(*campaign, *at.task)) {
      return refuse(RefusalCode::wrong_state, {{"table", key.value}, {"state", "settled"}});
    }
  }
  return decision_of(
      std::get<Actor>(actor),
      UnitChased{command.campaign, command.department, command.tables, command.text}, 0);
}

Decided decide(const DecideContext& context, const AnswerChase& command) {
  if (context.directory().campaign(command.campaign) == nullptr) {
    return refuse(RefusalCode::unknown_campaign);
  }
  const auto& chases = context.state.campaigns.at(command.campaign).chases;
  const auto chase = chases.find(command.chase);
  if (chase == chases.end()) return refuse(RefusalCode::unknown_subject, {{"subject", "chase"}});
  const DepartmentId& department = chase->second.department;
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.department == department && (hat.role == Role::filler ||
                                            hat.role == Role::reviewer ||
                                            hat.role == Role::unit_head);
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (command.text.empty()) return refuse(RefusalCode::reason_missing);
  if (command.promised && *command.promised <= context.now) {
    return refuse(RefusalCode::due_in_past, {{"table", ""}});
  }
  // A unit may say more later; every answer stays.
  return decision_of(
      std::get<Actor>(actor),
      ChaseAnswered{command.campaign, department, command.chase, command.promised, command.text},
      0);
}

}  // namespace countersign::ledger
