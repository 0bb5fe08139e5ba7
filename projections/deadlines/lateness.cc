#include "projections/deadlines/lateness.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace countersign::projections {

using ledger::Duration;
using ledger::Result;
using ledger::Timestamp;

std::optional<Lateness> lateness(Timestamp due, Timestamp until, std::optional<Timestamp> since,
                                 const Excuses& excuses) {
  if (until <= due) return std::nullopt;
  Lateness result{until - due, until - due, {}};
  for (const Wait& wait : excuses.waits) {
    Timestamp from = std::max(wait.from, wait.upstream_due);
    if (since) from = std::max(from, *since);
    const Timestamp to = std::min(wait.to.value_or(until), until);
    if (from < to) result.charges.push_back({wait.table, wait.department, from, to, wait.entries});
  }
  for (Charge& charge : charges_of(excuses.outages, until, since)) {
    result.charges.push_back(std::move(charge));
  }
  result.net = net_of(result.raw, result.charges);
  return result;
}

Duration net_of(Duration raw, const std::vector<Charge>& charges) {
  auto in_time = charges;
  std::sort(in_time.begin(), in_time.end(),
            [](const Charge& a, const Charge& b) { return a.from < b.from; });
  Duration excused{};
  Timestamp counted_to{std::numeric_limits<std::int64_t>::min()};
  for (const Charge& charge : in_time) {
    const Timestamp from = std::max(charge.from, counted_to);
    if (from < charge.to) {
      excused = excused + (charge.to - from);
      counted_to = charge.to;
    }
  }
  return std::max(Duration{}, raw - excused);
}

std::vector<Charge> charges_of(const std::vector<Outage>& outages, Timestamp until,
                               std::optional<Timestamp> since) {
  std::vector<Charge> charges;
  for (const Outage& outage : outages) {
    const Timestamp from = since ? std::max(outage.from, *since) : outage.from;
    const Timestamp to = std::min(outage.to, until);
    if (from < to) charges.push_back({"", "", from, to, {outage.entry}, "outage"});
  }
  return charges;
}

Result<std::vector<Wait>> load_waits(Database& store, const std::string& campaign,
                                     const std::string& table) {
  std::vector<Wait> waits;
  auto query = store.query(
      "SELECT w.by_tbl, t.department, w.from_at, w.to_at, coalesce(w.upstream_due, t.due),"
      " w.from_idx, w.to_idx, w.unblocked_by, t.assigned_by"
      " FROM waits w JOIN tasks t ON t.campaign = w.campaign AND t.tbl = w.by_tbl"
      " WHERE w.campaign = ? AND w.tbl = ? ORDER BY w.by_tbl, w.from_idx");
  query.bind(campaign, table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return waits;
    Wait wait{query.string(0),        query.string(1),  query.instant(2),
              query.maybe_instant(3), query.instant(4), {query.index(5), query.index(8)}};
    const std::uint64_t end =
        query.is_null(6) ? std::numeric_limits<std::int64_t>::max() : query.index(6);
    if (!query.is_null(6)) wait.entries.push_back(query.index(6));
    if (!query.is_null(7)) wait.entries.push_back(query.index(7));
    auto more = store.query(
        "SELECT idx FROM due_moves WHERE campaign = ?1 AND tbl = ?2 AND idx < ?3"
        " UNION SELECT max(idx) FROM statements WHERE campaign = ?1 AND tbl = ?2 AND idx < ?3"
        " AND level = 'submission'");
    more.bind(campaign, wait.table, end);
    while (true) {
      CS_TRY(const bool entry, more.step());
      if (!entry) break;
      if (!more.is_null(0)) wait.entries.push_back(more.index(0));
    }
    std::sort(wait.entries.begin(), wait.entries.end());
    wait.entries.erase(std::unique(wait.entries.begin(), wait.entries.end()), wait.entries.end());
    waits.push_back(std::move(wait));
  }
}

Result<std::vector<Outage>> load_outages(Database& store, const std::string& campaign,
                                         const std::string& table) {
  std::vector<Outage> outages;
  auto query = store.query(
      "SELECT max(o.from_at, t.opened_at), o.to_at, o.idx FROM outages o"
      " JOIN tasks t ON t.campaign = o.campaign WHERE o.campaign = ?1 AND t.tbl = ?2"
      " AND t.opened_at < o.to_at AND (o.every = 1 OR EXISTS"
      "  (SELECT 1 FROM outage_tables n WHERE n.idx = o.idx AND n.tbl = ?2)) ORDER BY o.idx");
  query.bind(campaign, table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return outages;
    outages.push_back({query.instant(0), query.instant(1), query.index(2)});
  }
}

Result<Excuses> load_excuses(Database& store, const std::string& campaign,
                             const std::string& table) {
  Excuses excuses;
  CS_TRY(excuses.waits, load_waits(store, campaign, table));
  CS_TRY(excuses.outages, load_outages(store, campaign, table));
  return excuses;
}

}  // namespace countersign::projections
