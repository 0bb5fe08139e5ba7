// Rectification plans: asked for, drafted, decided, followed up.
#include "projections/indicators/apply.h"

namespace countersign::projections {

using ledger::Result;

namespace {

Result<void> set_status(const Step& step, const std::string& indicator, std::string_view status) {
  return step.store.execute("UPDATE plans SET status = ? WHERE campaign = ? AND indicator = ?",
                            status, step.campaign, indicator);
}

Result<void> required(const Step& step, const ledger::PlanRequired& event) {
  return step.store.execute(
      "INSERT OR REPLACE INTO plans (campaign, indicator, department, required_by, status, settled)"
      " VALUES (?, ?, ?, ?, 'due', 0)",
      event.campaign, event.indicator, event.department, step.index());
}

Result<void> drafted(const Step& step, const ledger::PlanDrafted& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO plan_drafts (idx, campaign, indicator, draft) VALUES (?, ?, ?, ?)", step.index(),
      event.campaign, event.indicator, event.draft));
  for (std::size_t i = 0; i < event.items.size(); ++i) {
    const auto& item = event.items[i];
    CS_CHECK(step.store.execute(
        "INSERT INTO plan_items (idx, position, item, cause, measure, owner, until)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        step.index(), i, item.id, item.cause, item.measure, item.owner, item.until));
  }
  return set_status(step, event.indicator, "drafted");
}

Result<void> decided(const Step& step, const ledger::PlanDecided& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO plan_decisions (idx, plan, attended, accepted) VALUES (?, ?, ?, ?)",
      step.index(), event.plan, event.attended, event.accepted));
  for (const auto& item : event.items) {
    CS_CHECK(step.store.execute(
        "INSERT OR REPLACE INTO plan_item_decisions (idx, item, accepted, reason)"
        " VALUES (?, ?, ?, ?)",
        step.index(), item.item, item.accepted, item.reason));
  }
  return set_status(step, event.indicator, event.accepted ? "accepted" : "due");
}

Result<void> followed_up(const Step& step, const ledger::PlanFollowedUp& event) {
  return step.store.execute(
      "INSERT INTO plan_follow_ups (idx, campaign, previous, indicator, item, outcome, text)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      step.index(), event.campaign, event.previous, event.indicator, event.item,
      ledger::to_string(event.outcome), event.text);
}

// Whether a plan still stands in the campaign's way is the domain's to say.
Result<void> refresh_settled(const Step& step) {
  const auto found = step.after.campaigns.find(ledger::CampaignId(step.campaign));
  if (found == step.after.campaigns.end()) return {};
  for (const auto& [indicator, plan] : found->second.plans) {
    CS_CHECK(step.store.execute("UPDATE plans SET settled = ? WHERE campaign = ? AND indicator = ?",
                                ledger::is_settled(found->second, indicator, plan), step.campaign,
                                indicator));
  }
  return {};
}

}  // namespace

Result<void> apply_plans(const Step& step) {
  const auto refreshed = [&](Result<void> done) -> Result<void> {
    CS_CHECK(done);
    return refresh_settled(step);
  };
  return std::visit(
      Overloaded{[&](const ledger::IndicatorsComputed&) { return refresh_settled(step); },
                 [&](const ledger::PlanRequired& e) { return refreshed(required(step, e)); },
                 [&](const ledger::PlanDrafted& e) { return refreshed(drafted(step, e)); },
                 [&](const ledger::PlanDecided& e) { return refreshed(decided(step, e)); },
                 [&](const ledger::PlanFollowedUp& e) { return followed_up(step, e); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
