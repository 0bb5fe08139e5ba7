// Decisions on attesting a table (attestation.h). It says what is there and changes nothing, so
// neither phase nor state of the table refuses it.
#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

Decided decide(const DecideContext& context, const AttestTable& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  const TableDefinition* table = campaign->table(command.table);
  if (table == nullptr) {
    return refuse(RefusalCode::unknown_table, {{"table", command.table.value}});
  }
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return read_scope_of(hat, *table) != ReadScope::none;
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  // Heads that were read before the last change are not those just before this entry. A table
  // without a task has no row.
  const Task* task = context.state.task(command.campaign, command.table);
  if (task != nullptr && task->content_index && *task->content_index >= command.computed_at) {
    return refuse(RefusalCode::version_moved_on, {{"table", command.table.value},
                                                  {"named", std::to_string(task->draft)},
                                                  {"current", std::to_string(task->draft)}});
  }
  return decision_of(std::get<Actor>(std::move(actor)),
                     TableAttested{command.campaign, command.table, command.heads});
}

}  // namespace countersign::ledger
