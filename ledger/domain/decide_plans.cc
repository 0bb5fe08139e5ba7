// Rectification plans: drafted by the department of an indicator that misses its mark, decided item
// by item by a body, and followed up in the next edition.
#include "ledger/domain/decide_context.h"

#include <algorithm>
#include <set>

namespace countersign::ledger {

namespace {

bool drafts_for(const Hat& hat, const DepartmentId& department) {
  return (hat.role == Role::filler || hat.role == Role::unit_head) && hat.department == department;
}

Refusal unknown(const char* subject) {
  return refuse(RefusalCode::unknown_subject, {{"subject", subject}});
}

// The plan that the indicator asks for; nullptr: none.
const RectificationPlan* plan_of(const CampaignState& state, const std::string& indicator) {
  const auto found = state.plans.find(indicator);
  return found == state.plans.end() ? nullptr : &found->second;
}

bool complete(const std::vector<PlanItem>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const PlanItem& one = items[i];
    if (one.id != std::to_string(i + 1) || one.cause.empty() || one.measure.empty() ||
        one.owner.empty() || one.until == Timestamp{}) {
      return false;
    }
  }
  return !items.empty();
}

// Every item once, and every one that is sent back with its reason.
bool decides_each(const std::vector<PlanItemDecision>& items, std::size_t total) {
  std::set<std::string> decided;
  for (const PlanItemDecision& one : items) {
    if (!one.accepted && one.reason.empty()) return false;
    decided.insert(one.item);
  }
  for (std::size_t i = 1; i <= total; ++i) {
    if (!decided.contains(std::to_string(i))) return false;
  }
  return items.size() == total;
}

}  // namespace

Decided decide(const DecideContext& context, const DraftPlan& command) {
  const CampaignDefinition* definition = context.directory().campaign(command.campaign);
  if (definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  const Indicator* indicator = definition->indicator(command.indicator);
  if (indicator == nullptr) return unknown("indicator");
  auto actor = context.actor(
      command.campaign, [&](const Hat& hat) { return drafts_for(hat, indicator->department); });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const CampaignState& state = context.state.campaigns.at(command.campaign);
  if (state.frozen) return refuse(RefusalCode::campaign_frozen);
  const RectificationPlan* plan = plan_of(state, command.indicator);
  if (plan == nullptr) return unknown("plan");
  // A draft lies before the body, or was accepted; another comes after it was sent back.
  if (plan->status != RectificationPlan::Status::due) {
    return refuse(RefusalCode::already_exists, {{"subject", "plan"}});
  }
  if (!complete(command.items)) return refuse(RefusalCode::plan_incomplete);
  return decision_of(std::get<Actor>(actor),
                     PlanDrafted{command.campaign, command.indicator, indicator->department,
                                 plan->drafts + 1, command.items.size(), command.items},
                     0);
}

Decided decide(const DecideContext& context, const DecidePlan& command) {
  const CampaignDefinition* definition = context.directory().campaign(command.campaign);
  if (definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  const auto body = std::find_if(definition->bodies.begin(), definition->bodies.end(),
                                 [](const DecidingBody& one) { return one.decides_plans; });
  if (body == definition->bodies.end()) return unknown("body");
  auto actor = context.actor_with_role(command.campaign, body->role);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const CampaignState& state = context.state.campaigns.at(command.campaign);
  if (state.frozen) return refuse(RefusalCode::campaign_frozen);
  const RectificationPlan* plan = plan_of(state, command.indicator);
  if (plan == nullptr) return unknown("plan");
  if (plan->status == RectificationPlan::Status::accepted) {
    return refuse(RefusalCode::already_exists, {{"subject", "decision"}});
  }
  if (plan->status == RectificationPlan::Status::due || !plan->drafted_by) {
    return unknown("draft");
  }
  if (command.attended < body->quorum) {
    return refuse(RefusalCode::quorum_missing, {{"attended", std::to_string(command.attended)},
                                                {"quorum", std::to_string(body->quorum)}});
  }
  if (!decides_each(command.items, plan->items)) return refuse(RefusalCode::items_undecided);
  const bool accepted = std::all_of(command.items.begin(), command.items.end(),
                                    [](const PlanItemDecision& one) { return one.accepted; });
  return decision_of(std::get<Actor>(actor),
                     PlanDecided{command.campaign, command.indicator, *plan->drafted_by,
                                 command.attended, accepted, command.items},
                     0);
}

Decided decide(const DecideContext& context, const FollowUpPlan& command) {
  const CampaignDefinition* definition = context.directory().campaign(command.campaign);
  if (definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  const auto previous = context.state.campaigns.find(command.previous);
  const RectificationPlan* plan = nullptr;
  if (definition->previous && definition->previous->campaign == command.previous &&
      previous != context.state.campaigns.end()) {
    plan = plan_of(previous->second, command.indicator);
  }
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.role == Role::centre_office ||
           (plan != nullptr && drafts_for(hat, plan->department));
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (context.state.campaigns.at(command.campaign).frozen) {
    return refuse(RefusalCode::campaign_frozen);
  }
  if (plan == nullptr || plan->status != RectificationPlan::Status::accepted) {
    return unknown("plan");
  }
  bool known = false;
  for (std::size_t i = 1; i <= plan->items; ++i) known |= command.item == std::to_string(i);
  if (!known) return unknown("plan item");
  if (command.text.empty()) return refuse(RefusalCode::reason_missing);
  return decision_of(std::get<Actor>(actor),
                     PlanFollowedUp{command.campaign, command.previous, command.indicator,
                                    command.item, command.outcome, command.text},
                     0);
}

}  // namespace countersign::ledger
