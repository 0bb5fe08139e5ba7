#include "ledger/domain/decide.h"

#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

Refusal refuse(RefusalCode code, std::map<std::string, std::string> facts) {
  return {code, std::move(facts)};
}

Decision decision_of(Actor actor, Event event, std::optional<std::size_t> payload) {
  Decision decision{std::move(actor), {}};
  decision.events.push_back({std::move(event), payload, false});
  return decision;
}

std::variant<Actor, Refusal> DecideContext::actor(
    const CampaignId& campaign, const std::function<bool(const Hat&)>& fits) const {
  if (directory().account(envelope.account) == nullptr) {
    return refuse(RefusalCode::unknown_account);
  }
  const AccountRecord* record = directory().active_account(envelope.account, envelope.received_at);
  if (record == nullptr) return refuse(RefusalCode::account_not_valid);
  for (const UsableHat& usable :
       usable_hats(directory(), *record, campaign, envelope.received_at)) {
    if (envelope.wanted_hat && usable.hat != *envelope.wanted_hat) continue;
    if (fits(usable.hat)) {
      return Actor{record->account.person, record->account.id, usable.hat, usable.on_behalf_of};
    }
  }
  return refuse(RefusalCode::right_missing);
}

std::variant<Actor, Refusal> DecideContext::actor_with_role(const CampaignId& campaign,
                                                            Role role) const {
  return actor(campaign, [role](const Hat& hat) { return hat.role == role; });
}

std::variant<Actor, Refusal> DecideContext::system_actor() const {
  if (!envelope.by_process) return refuse(RefusalCode::right_missing);
  return Actor{PersonId("system"), AccountId("system"), {Role::system, {}}, {}};
}

std::variant<TaskContext, Refusal> find_task(const DecideContext& context,
                                             const CampaignId& campaign, const TableKey& table) {
  TaskContext found;
  found.campaign = context.directory().campaign(campaign);
  if (found.campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  found.table = found.campaign->table(table);
  if (found.table == nullptr) return refuse(RefusalCode::unknown_table, {{"table", table.value}});
  found.task = context.state.task(campaign, table);
  if (found.task == nullptr) {
    return refuse(RefusalCode::task_not_assigned, {{"table", table.value}});
  }
  found.campaign_state = &context.state.campaigns.at(campaign);
  return found;
}

std::optional<Refusal> refuse_unless_open(const TaskContext& found) {
  const std::string& table = found.table->key.value;
  if (found.campaign_state->frozen) return refuse(RefusalCode::campaign_frozen);
  const auto& reopening = found.task->reopening;
  if (reopening && !reopening->confirmed) return std::nullopt;
  const auto& bodies = found.campaign->bodies;
  if (!bodies.empty() && found.campaign_state->bodies_passed >= bodies.size()) {
    return refuse(RefusalCode::only_named_tables, {{"table", table}});
  }
  if (found.task->status == TaskStatus::blocked) {
    std::string by;
    for (const TableKey& one : found.task->blocked_by) {
      if (!by.empty()) by += ", ";
      by += one.value;
    }
    return refuse(RefusalCode::task_blocked, {{"table", table}, {"by", by}});
  }
  if (!found.campaign_state->open_phases.contains(found.table->phase)) {
    return refuse(RefusalCode::window_closed,
                  {{"table", table}, {"phase", found.table->phase.value}});
  }
  return std::nullopt;
}

std::variant<Decision, Refusal> decide(const State& state, const Command& command,
                                       const Envelope& envelope, Timestamp now) {
  const DecideContext context{state, envelope, now};
  return std::visit([&](const auto& one) { return decide(context, one); }, command);
}

}  // namespace countersign::ledger
