// Decisions on erasing what a row said, what somebody wrote, and a person's name (erasure.h).
#include "ledger/domain/decide_context.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

// An order names itself and its law, and there is something to erase.
template <typename C>
std::optional<Refusal> refuse_order(const C& command) {
  if (command.basis.empty() || command.order.title.empty()) {
    return refuse(RefusalCode::reason_missing);
  }
  if (command.targets.empty()) return refuse(RefusalCode::nothing_to_erase);
  return std::nullopt;
}

template <typename C>
std::uint32_t items_of(const C& command) {
  return static_cast<std::uint32_t>(command.targets.size());
}

// Whether somebody has still to answer or decide on what the entry says: it would be on nothing.
bool waits(const State& state, const EraseTexts& command) {
  const auto found = state.campaigns.find(command.campaign);
  if (found == state.campaigns.end()) return false;
  const CampaignState& campaign = found->second;
  const LeafIndex entry = command.entry;
  const auto fact = campaign.facts.find(command.fact);
  if (fact != campaign.facts.end() && fact->second.objector) return true;
  if (const Task* task = state.task(command.campaign, command.table)) {
    const auto explanation = task->explanations.find(entry);
    if (task->open_corrections.contains(entry) ||
        (explanation != task->explanations.end() &&
         explanation->second.status == Explanation::Status::proposed)) {
      return true;
    }
  }
  return std::ranges::any_of(campaign.bulletins,
                             [&](const auto& one) {
                               return one.second.text == entry && !one.second.published;
                             }) ||
         std::ranges::any_of(campaign.plans, [&](const auto& one) {
           return one.second.status == RectificationPlan::Status::drafted &&
                  one.second.drafted_by == entry;
         });
}

// Whether an account of the person may still be used.
bool has_account(const DecideContext& context, const PersonId& person) {
  return std::ranges::any_of(context.directory().accounts, [&](const auto& one) {
    const AccountRecord& record = one.second;
    const auto& until = record.account.valid_until;
    return record.account.person == person && !record.closed &&
           !(until && *until <= context.now);
  });
}

}  // namespace

Decided decide(const DecideContext& context, const EraseRow& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  if (campaign->table(command.table) == nullptr) {
    return refuse(RefusalCode::unknown_table, {{"table", command.table.value}});
  }
  auto actor = context.actor_with_role(command.campaign, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (auto refusal = refuse_order(command)) return std::move(*refusal);
  // A table that departments still answer for must not lose a row that nobody removed.
  const auto state = context.state.campaigns.find(command.campaign);
  const bool final = state != context.state.campaigns.end() && state->second.frozen.has_value();
  if (!command.row_removed && !final) return refuse(RefusalCode::row_in_use);
  return decision_of(std::get<Actor>(std::move(actor)),
                     RowErased{command.campaign, command.table, items_of(command), command.order,
                               command.basis, command.targets},
                     0);
}

Decided decide(const DecideContext& context, const EraseTexts& command) {
  auto actor = context.actor_with_role(command.campaign, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (!command.not_texts.empty()) {
    return refuse(RefusalCode::not_a_text,
                  {{"item", std::to_string(command.not_texts.front())}});
  }
  if (auto refusal = refuse_order(command)) return std::move(*refusal);
  if (waits(context.state, command)) return refuse(RefusalCode::text_in_use);
  return decision_of(std::get<Actor>(std::move(actor)),
                     TextsErased{command.campaign, command.table, command.entry, items_of(command),
                                 command.order, command.basis, command.targets},
                     0);
}

Decided decide(const DecideContext& context, const ErasePerson& command) {
  auto actor = context.actor_with_role({}, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const Directory& directory = context.directory();
  if (!directory.persons.contains(command.person)) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "person"}});
  }
  if (auto refusal = refuse_order(command)) return std::move(*refusal);
  if (has_account(context, command.person)) return refuse(RefusalCode::person_in_use);
  // A definition that came since may register the person once more.
  for (const auto& [id, campaign] : directory.campaigns) {
    if (campaign.defined_by >= command.examined) return refuse(RefusalCode::version_moved_on);
  }
  return decision_of(std::get<Actor>(std::move(actor)),
                     PersonErased{command.person, items_of(command), command.order, command.basis,
                                  command.targets},
                     0);
}

}  // namespace countersign::ledger
