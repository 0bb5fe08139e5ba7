#include "projections/indicators/query.h"
#include "projections/trace/reading.h"

namespace countersign::projections {

using ledger::Result;

namespace {

Result<std::vector<ledger::PlanItem>> load_items(Database& store, ledger::LeafIndex draft) {
  std::vector<ledger::PlanItem> items;
  auto query = store.query(
      "SELECT item, cause, measure, owner, until FROM plan_items WHERE idx = ? ORDER BY position");
  query.bind(draft);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return items;
    items.push_back(
        {query.string(0), query.string(1), query.string(2), query.string(3), query.instant(4)});
  }
}

Result<std::optional<PlanRecord::Decision>> load_decision(Database& store,
                                                          ledger::LeafIndex draft) {
  auto query = store.query("SELECT idx, attended, accepted FROM plan_decisions WHERE plan = ?");
  CS_TRY(const bool decided, query.bind(draft).step());
  if (!decided) return std::optional<PlanRecord::Decision>();
  PlanRecord::Decision decision;
  CS_TRY(decision.by, circumstances_of(store, query.index(0)));
  decision.attended = static_cast<unsigned>(query.integer(1));
  decision.accepted = query.integer(2) != 0;
  auto items = store.query(
      "SELECT item, accepted, reason FROM plan_item_decisions WHERE idx = ?"
      " ORDER BY length(item), item");
  items.bind(query.index(0));
  while (true) {
    CS_TRY(const bool found, items.step());
    if (!found) return std::optional(std::move(decision));
    decision.items.push_back({items.string(0), items.integer(1) != 0, items.string(2)});
  }
}

Result<void> add_drafts(Database& store, const std::string& campaign, PlanRecord& plan) {
  auto query = store.query(
      "SELECT idx, draft FROM plan_drafts WHERE campaign = ? AND indicator = ? ORDER BY idx");
  query.bind(campaign, plan.indicator);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    PlanRecord::Draft draft;
    CS_TRY(draft.by, circumstances_of(store, query.index(0)));
    draft.number = static_cast<std::uint32_t>(query.integer(1));
    CS_TRY(draft.items, load_items(store, draft.by.index));
    CS_TRY(draft.decision, load_decision(store, draft.by.index));
    plan.drafts.push_back(std::move(draft));
  }
}

Result<void> add_follow_ups(Database& store, const std::string& campaign, PlanRecord& plan) {
  auto query = store.query(
      "SELECT idx, campaign, item, outcome, text FROM plan_follow_ups WHERE previous = ?"
      " AND indicator = ? ORDER BY idx");
  query.bind(campaign, plan.indicator);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    PlanRecord::FollowedUp one;
    CS_TRY(one.by, circumstances_of(store, query.index(0)));
    one.campaign = query.string(1);
    one.item = query.string(2);
    one.outcome = query.string(3);
    one.text = query.string(4);
    plan.follow_ups.push_back(std::move(one));
  }
}

}  // namespace

Result<PlanList> StoredIndicators::plans(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  PlanList list;
  list.as_of = reading.as_of();
  auto query = store.query(
      "SELECT indicator, department, required_by, status, settled FROM plans WHERE campaign = ?"
      " ORDER BY indicator");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return list;
    PlanRecord plan{query.string(0),
                    query.string(1),
                    query.index(2),
                    query.string(3),
                    query.integer(4) != 0,
                    {},
                    {}};
    CS_CHECK(add_drafts(store, campaign, plan));
    CS_CHECK(add_follow_ups(store, campaign, plan));
    list.plans.push_back(std::move(plan));
  }
}

}  // namespace countersign::projections
