#include "projections/reminders/query.h"

#include "projections/deadlines/lateness.h"
#include "projections/deadlines/open_tasks.h"
#include "projections/deadlines/task.h"

#include <algorithm>
#include <map>

namespace countersign::projections {

using ledger::Result;
using ledger::Timestamp;

namespace {

Result<std::vector<ChaseAnswer>> load_answers(Database& store, ledger::LeafIndex chase) {
  std::vector<ChaseAnswer> answers;
  auto query = store.query(
      "SELECT a.idx, a.promised, a.text, a.person, coalesce(p.name, ''), a.role, a.at"
      " FROM chase_answers a LEFT JOIN persons p ON p.id = a.person WHERE a.chase = ?"
      " ORDER BY a.idx");
  query.bind(chase);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return answers;
    answers.push_back({query.index(0), query.maybe_instant(1), query.string(2), query.string(3),
                       query.string(4), query.string(5), query.instant(6)});
  }
}

Result<std::vector<ChaseRecord>> load_chases(Database& store, const std::string& campaign) {
  std::vector<ChaseRecord> chases;
  auto query = store.query(
      "SELECT c.idx, c.department, c.text, c.person, coalesce(p.name, ''), c.at FROM chases c"
      " LEFT JOIN persons p ON p.id = c.person WHERE c.campaign = ? ORDER BY c.idx DESC");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return chases;
    ChaseRecord chase{query.index(0),  campaign,        query.string(1),  {}, query.string(2),
                      query.string(3), query.string(4), query.instant(5), {}};
    CS_TRY(chase.tables, store.query("SELECT tbl FROM chase_tables WHERE idx = ? ORDER BY position")
                             .bind(chase.index)
                             .strings());
    CS_TRY(chase.answers, load_answers(store, chase.index));
    chases.push_back(std::move(chase));
  }
}

}  // namespace

Result<std::vector<ChaseRecord>> StoredReminders::chases(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  CS_CHECK(require_campaign(reading.database(), campaign));
  return load_chases(reading.database(), campaign);
}

Result<std::vector<OwingUnit>> StoredReminders::chase_list(const std::string& campaign,
                                                           Timestamp now, Timestamp until) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_CHECK(require_campaign(store, campaign));
  CS_TRY(const auto open, load_open_tasks(store, campaign));
  std::map<std::string, OwingUnit> units;
  for (const OpenTask& task : open) {
    if (task.due >= until) continue;
    OwedTable owed{task.table, task.due, {}, {}};
    CS_TRY(const auto excuses, load_excuses(store, campaign, task.table));
    if (const auto late = lateness(task.table, task.due, now, task.owed_since, excuses)) {
      owed.raw_late = late->raw;
      owed.net_late = late->net;
    }
    OwingUnit& unit = units[task.department];
    unit.department = task.department;
    unit.tables.push_back(std::move(owed));
  }
  CS_TRY(auto chases, load_chases(store, campaign));
  std::vector<OwingUnit> list;
  for (auto& entry : units) {
    OwingUnit& unit = entry.second;
    std::sort(unit.tables.begin(), unit.tables.end(), [](const auto& a, const auto& b) {
      return std::tie(a.due, a.table) < std::tie(b.due, b.table);
    });
    // Newest first.
    const auto last = std::find_if(chases.begin(), chases.end(), [&](const ChaseRecord& chase) {
      return chase.department == unit.department;
    });
    if (last != chases.end()) unit.last_chase = std::move(*last);
    list.push_back(std::move(unit));
  }
  return list;
}

Result<std::vector<ReadinessRecord>> StoredReminders::readiness(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  CS_CHECK(require_campaign(reading.database(), campaign));
  std::vector<ReadinessRecord> list;
  auto query = reading.database().query(
      "SELECT idx, department, what, text, person, at FROM readiness WHERE campaign = ?"
      " ORDER BY idx, department");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return list;
    list.push_back({query.index(0), query.string(1), query.string(2), query.string(3),
                    query.string(4), query.instant(5)});
  }
}

Result<std::vector<OutageRecord>> StoredReminders::outages(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_CHECK(require_campaign(store, campaign));
  std::vector<OutageRecord> list;
  auto query = store.query(
      "SELECT idx, from_at, to_at, text, person, at FROM outages WHERE campaign = ? ORDER BY idx");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return list;
    OutageRecord outage{query.index(0),  query.instant(1), query.instant(2), {},
                        query.string(3), query.string(4),  query.instant(5)};
    CS_TRY(outage.tables, store.query("SELECT tbl FROM outage_tables WHERE idx = ? ORDER BY tbl")
                              .bind(outage.index)
                              .strings());
    list.push_back(std::move(outage));
  }
}

}  // namespace countersign::projections
