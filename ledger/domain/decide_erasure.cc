// Decisions on erasing what a row said (erasure.h).
#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

Decided decide(const DecideContext& context, const EraseRow& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  if (campaign->table(command.table) == nullptr) {
    return refuse(RefusalCode::unknown_table, {{"table", command.table.value}});
  }
  auto actor = context.actor_with_role(command.campaign, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (command.basis.empty() || command.order.title.empty()) {
    return refuse(RefusalCode::reason_missing);
  }
  if (command.targets.empty()) return refuse(RefusalCode::nothing_to_erase);
  // A table that departments still answer for must not lose a row that nobody removed.
  const auto state = context.state.campaigns.find(command.campaign);
  const bool final = state != context.state.campaigns.end() && state->second.frozen.has_value();
  if (!command.row_removed && !final) return refuse(RefusalCode::row_in_use);
  return decision_of(std::get<Actor>(std::move(actor)),
                     RowErased{command.campaign, command.table,
                               static_cast<std::uint32_t>(command.targets.size()), command.order,
                               command.basis, command.targets},
                     0);
}

}  // namespace countersign::ledger
