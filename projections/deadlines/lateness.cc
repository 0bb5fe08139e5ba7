#include "projections/deadlines/lateness.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace countersign::projections {

using ledger::Duration;
using ledger::Result;
using ledger::Timestamp;

namespace {

// The part of [from, to) after `since`, unless it is empty.
void charge(std::vector<Charge>& charges, Charge one, std::optional<Timestamp> since) {
  if (since) one.from = std::max(one.from, *since);
  if (one.from < one.to) charges.push_back(std::move(one));
}

// `blocked_since`: from when being blocked excuses while the upstream table is in time.
void charge_waits(std::vector<Charge>& charges, const std::vector<Wait>& waits,
                  Timestamp blocked_since, Timestamp until, std::optional<Timestamp> since) {
  for (const Wait& wait : waits) {
    const Timestamp to = std::min(wait.to.value_or(until), until);
    charge(charges,
           {wait.table, "", std::max(wait.from, blocked_since), std::min(to, wait.upstream_due),
            wait.entries, "blocked"},
           since);
    charge(charges,
           {wait.table, wait.department, std::max(wait.from, wait.upstream_due), to, wait.entries},
           since);
  }
}

// While the table is blocked nobody can fill a part of it.
Timestamp could_be_filled(Timestamp from, const std::vector<Wait>& waits, Timestamp until) {
  for (const Wait& wait : waits) from = std::max(from, wait.to.value_or(until));
  return from;
}

}  // namespace

std::optional<Lateness> lateness(const std::string& table, Timestamp due, Timestamp until,
                                 std::optional<Timestamp> since, const Excuses& excuses) {
  if (until <= due) return std::nullopt;
  Lateness result{until - due, until - due, {}};
  charge_waits(result.charges, excuses.waits, due, until, since);
  for (const PartOwed& part : excuses.parts) {
    charge(result.charges,
           {table, part.department, could_be_filled(part.due, excuses.waits, until),
            std::min(part.answered.value_or(until), until), part.entries, "part"},
           since);
  }
  for (Charge& one : charges_of(excuses.outages, until, since)) {
    result.charges.push_back(std::move(one));
  }
  result.net = net_of(result.raw, result.charges);
  return result;
}

std::optional<Lateness> lateness_of_part(Timestamp requested, Timestamp due, Timestamp until,
                                         const Excuses& excuses) {
  if (until <= due) return std::nullopt;
  Lateness result{until - due, until - due, {}};
  charge_waits(result.charges, excuses.waits, requested, until, requested);
  for (Charge& one : charges_of(excuses.outages, until, requested)) {
    result.charges.push_back(std::move(one));
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
    charge(charges, {"", "", outage.from, std::min(outage.to, until), {outage.entry}, "outage"},
           since);
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

Result<std::vector<PartOwed>> load_parts(Database& store, const std::string& campaign,
                                         const std::string& table) {
  std::vector<PartOwed> parts;
  auto query = store.query(
      "SELECT department, due, answered_at, requested_by, answered_by FROM assists"
      " WHERE campaign = ? AND tbl = ? AND short_notice = 0 ORDER BY part, department");
  query.bind(campaign, table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return parts;
    PartOwed part{query.string(0), query.instant(1), query.maybe_instant(2), {query.index(3)}};
    if (!query.is_null(4)) part.entries.push_back(query.index(4));
    parts.push_back(std::move(part));
  }
}

Result<Excuses> load_excuses(Database& store, const std::string& campaign,
                             const std::string& table) {
  Excuses excuses;
  CS_TRY(excuses.waits, load_waits(store, campaign, table));
  CS_TRY(excuses.outages, load_outages(store, campaign, table));
  CS_TRY(excuses.parts, load_parts(store, campaign, table));
  return excuses;
}

}  // namespace countersign::projections
