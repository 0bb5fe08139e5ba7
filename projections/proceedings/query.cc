#include "projections/proceedings/query.h"

#include "projections/deadlines/task.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Result;

namespace {

Result<std::vector<Proceeding::Named>> named_by(Database& store, ledger::LeafIndex index) {
  std::vector<Proceeding::Named> named;
  auto query =
      store.query("SELECT tbl, text FROM proceeding_tables WHERE idx = ? ORDER BY position");
  query.bind(index);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return named;
    named.push_back({query.string(0), query.string(1)});
  }
}

Result<std::vector<Proceeding>> load_history(Database& store, const std::string& campaign) {
  std::vector<Proceeding> history;
  auto query = store.query(
      "SELECT a.idx, a.kind, a.body, a.outcome, a.title, a.document, a.attended, a.due, a.person,"
      " coalesce(p.name, ''), a.role, a.at FROM proceedings a LEFT JOIN persons p ON p.id = "
      "a.person"
      " WHERE a.campaign = ? ORDER BY a.idx");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return history;
    Proceeding one;
    one.index = query.index(0);
    one.kind = query.string(1);
    one.body = query.string(2);
    one.outcome = query.string(3);
    one.title = query.string(4);
    one.document = query.string(5);
    one.attended = static_cast<unsigned>(query.integer(6));
    one.due = query.maybe_instant(7);
    one.person = query.string(8);
    one.person_name = query.string(9);
    one.role = query.string(10);
    one.at = query.instant(11);
    CS_TRY(one.tables, named_by(store, one.index));
    history.push_back(std::move(one));
  }
}

Result<std::vector<FrozenVersion>> load_frozen(Database& store, ledger::LeafIndex index) {
  std::vector<FrozenVersion> versions;
  auto query = store.query(
      "SELECT tbl, version, version_hash, rows FROM frozen_versions WHERE idx = ? ORDER BY tbl");
  query.bind(index);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return versions;
    versions.push_back({query.string(0), static_cast<std::uint32_t>(query.integer(1)),
                        query.string(2), static_cast<std::uint64_t>(query.integer(3))});
  }
}

std::vector<BodyStanding> standings(const std::vector<std::string>& bodies,
                                    const std::vector<Proceeding>& history) {
  std::vector<BodyStanding> list;
  for (const std::string& body : bodies) {
    BodyStanding standing{body, "waiting", std::nullopt};
    for (const Proceeding& act : history) {
      if (act.body != body) continue;
      standing.state = act.kind == "tabled" ? act.kind : act.outcome;
      standing.index = act.index;
    }
    list.push_back(std::move(standing));
  }
  return list;
}

// The last act of any of these kinds; nullptr: none.
const Proceeding* last_of(const std::vector<Proceeding>& history,
                          std::initializer_list<std::string_view> kinds) {
  const auto found = std::find_if(history.rbegin(), history.rend(), [&](const Proceeding& act) {
    return std::find(kinds.begin(), kinds.end(), act.kind) != kinds.end();
  });
  return found == history.rend() ? nullptr : &*found;
}

}  // namespace

Result<CampaignProceedings> StoredProceedings::proceedings(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_CHECK(require_campaign(store, campaign));
  CampaignProceedings result;
  result.as_of = reading.as_of();
  CS_TRY(result.history, load_history(store, campaign));
  CS_TRY(const auto bodies,
         store.query("SELECT body FROM bodies WHERE campaign = ? ORDER BY position")
             .bind(campaign)
             .strings());
  result.bodies = standings(bodies, result.history);
  CS_TRY(result.unsettled,
         store.query("SELECT tbl FROM tasks WHERE campaign = ? AND settled = 0 ORDER BY tbl")
             .bind(campaign)
             .strings());
  CS_TRY(result.states, store
                            .query("SELECT phase FROM phases WHERE campaign = ? AND open = 1"
                                   " ORDER BY position")
                            .bind(campaign)
                            .strings());
  CS_TRY(const auto begun, store
                               .query("SELECT phase FROM phases WHERE campaign = ? AND (open = 1 OR"
                                      " closed = 1)")
                               .bind(campaign)
                               .strings());
  CS_TRY(const auto assigned,
         store.query("SELECT tbl FROM tasks WHERE campaign = ? LIMIT 1").bind(campaign).strings());
  CS_TRY(const auto correcting,
         store
             .query("SELECT tbl FROM tasks WHERE campaign = ? AND reopened_by IS NOT NULL"
                    " AND settled = 0 LIMIT 1")
             .bind(campaign)
             .strings());
  if (begun.empty()) result.states.emplace_back(assigned.empty() ? "announced" : "kickoff");
  const bool tabled = std::any_of(result.bodies.begin(), result.bodies.end(),
                                  [](const auto& body) { return body.state == "tabled"; });
  if (tabled) result.states.emplace_back("deliberation");
  if (!correcting.empty()) result.states.emplace_back("final_filling");
  const Proceeding* end = last_of(result.history, {"frozen", "submitted", "accepted", "reopened"});
  if (end != nullptr && end->kind != "reopened") {
    result.states.emplace_back(end->kind == "frozen" ? "final_check" : end->kind);
    CS_TRY(result.frozen, load_frozen(store, last_of(result.history, {"frozen"})->index));
  }
  return result;
}

}  // namespace countersign::projections
