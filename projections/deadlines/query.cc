#include "projections/deadlines/query.h"

#include "projections/deadlines/task.h"

#include <algorithm>
#include <map>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::Timestamp;

namespace {

struct Chain {
  std::int64_t department_levels = 0;
  std::string first_role;  // who passes the first of them; empty: there is none
  bool decided = false;    // by the last body
  std::string readiness;   // what departments must have been given
};

struct Standing {
  std::int64_t levels_passed = 0;
  bool base = false;
  bool settled = false;
  bool reopened = false;
};

Result<Chain> load_chain(Database& store, const std::string& campaign) {
  auto query = store.query(
      "SELECT dept_levels, first_role, decided, readiness FROM campaigns WHERE campaign = ?");
  CS_TRY(const bool found, query.bind(campaign).step());
  if (!found) return Error{Errc::not_found, "no campaign " + campaign};
  return Chain{query.integer(0), query.string(1), query.integer(2) != 0, query.string(3)};
}

Result<std::map<std::string, Standing>> load_standings(Database& store,
                                                       const std::string& campaign) {
  std::map<std::string, Standing> standings;
  auto query = store.query(
      "SELECT tbl, levels_passed, base, settled, reopened_by FROM tasks WHERE campaign = ?");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return standings;
    standings[query.string(0)] = {query.integer(1), query.integer(2) != 0, query.integer(3) != 0,
                                  !query.is_null(4)};
  }
}

// Somebody can fill, and somebody else's account can pass the first level within the department.
Result<bool> has_accounts(Database& store, const std::string& department, const Chain& chain) {
  auto query = store.query(
      "SELECT count(DISTINCT h.role) FROM account_hats h JOIN accounts a ON a.id = h.account"
      " WHERE a.closed = 0 AND h.department = ? AND h.role IN ('filler', ?)");
  CS_TRY(const bool found, query.bind(department, chain.first_role).step());
  return found && query.integer(0) == (chain.first_role.empty() ? 1 : 2);
}

// What a department has.
struct Given {
  bool accounts = false;  // to fill and to review
  bool ready = false;     // everything that the campaign asks for was recorded
  bool explains = false;  // it owes a plan
};

Result<Given> load_given(Database& store, const std::string& campaign, const Chain& chain,
                         const std::string& department) {
  Given given;
  CS_TRY(given.accounts, has_accounts(store, department, chain));
  auto ready = store.query(
      "SELECT count(DISTINCT what) FROM readiness WHERE campaign = ?1 AND department = ?2"
      " AND instr(',' || ?3 || ',', ',' || what || ',') > 0");
  CS_TRY(const bool counted, ready.bind(campaign, department, chain.readiness).step());
  const auto asked =
      chain.readiness.empty()
          ? 0
          : 1 + std::count(chain.readiness.begin(), chain.readiness.end(), ',');
  given.ready = counted && ready.integer(0) == asked;
  auto plans = store.query(
      "SELECT 1 FROM departments_explaining WHERE campaign = ? AND department = ?");
  CS_TRY(given.explains, plans.bind(campaign, department).step());
  return given;
}

bool overdue(const TaskDeadline& task, Timestamp now) {
  return !task.submitted_at && task.due < now;
}

// domain-model.md section 6. The first row that is true, from the furthest state back.
std::string department_state(const std::vector<const TaskDeadline*>& tasks,
                             const std::map<std::string, Standing>& standings, const Chain& chain,
                             const Given& given) {
  if (tasks.empty() || !given.accounts) return "not_ready";
  const auto passed = [&](const TaskDeadline* task, std::int64_t levels) {
    return standings.at(task->table).levels_passed >= levels;
  };
  const auto all = [&](const auto& condition) {
    return std::all_of(tasks.begin(), tasks.end(), condition);
  };
  const auto correcting = [&](const TaskDeadline* task) {
    const Standing& standing = standings.at(task->table);
    return standing.reopened && !standing.settled;
  };
  if (std::any_of(tasks.begin(), tasks.end(), correcting)) return "finalising";
  if (chain.decided && all([&](const auto* task) { return standings.at(task->table).settled; })) {
    return "closed";
  }
  if (given.explains) return "explaining";
  if (all([&](const auto* task) {
        return passed(task, std::max<std::int64_t>(1, chain.department_levels));
      })) {
    return "signed";
  }
  if (all([&](const auto* task) { return passed(task, 1); })) return "reviewed";

  if (!given.ready) return "not_ready";

  std::vector<const TaskDeadline*> at_work;
  for (const auto* task : tasks) {
    if (task->status != "assigned" && !passed(task, 1)) at_work.push_back(task);
  }
  if (at_work.empty()) return "ready";
  const auto all_at_work = [&](const auto& condition) {
    return std::all_of(at_work.begin(), at_work.end(), condition);
  };
  if (all_at_work([](const auto* task) { return task->status == "blocked"; })) {
    return "waiting_upstream";
  }
  if (all_at_work([](const auto* task) {
        return std::any_of(task->assists.begin(), task->assists.end(),
                           [](const auto& assist) { return assist.status == "requested"; });
      })) {
    return "waiting_assist";
  }
  return std::any_of(at_work.begin(), at_work.end(),
                     [&](const auto* task) { return standings.at(task->table).base; })
             ? "filling_base"
             : "filling_full";
}

}  // namespace

Result<CampaignDeadlines> StoredDeadlines::campaign(const std::string& campaign,
                                                    Timestamp now) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_CHECK(require_campaign(store, campaign));
  CampaignDeadlines result;
  result.campaign = campaign;
  result.as_of = reading.as_of();
  auto counts = store.query(
      "SELECT count(*), count(t.submitted_at),"
      " coalesce(sum(t.settled), 0), coalesce(sum(t.submitted_at IS NULL AND t.due < ?2), 0)"
      " FROM tasks t WHERE t.campaign = ?1");
  CS_TRY(const bool counted, counts.bind(campaign, now).step());
  if (counted) {
    result.tasks = static_cast<std::uint32_t>(counts.integer(0));
    result.submitted = static_cast<std::uint32_t>(counts.integer(1));
    result.approved = static_cast<std::uint32_t>(counts.integer(2));
    result.overdue = static_cast<std::uint32_t>(counts.integer(3));
  }
  auto phases =
      store.query("SELECT phase, open, closed FROM phases WHERE campaign = ? ORDER BY position");
  phases.bind(campaign);
  while (true) {
    CS_TRY(const bool found, phases.step());
    if (!found) return result;
    if (phases.integer(1) != 0) result.phases_open.push_back(phases.string(0));
    if (phases.integer(2) != 0) result.phases_closed.push_back(phases.string(0));
  }
}

Result<std::vector<DepartmentDeadlines>> StoredDeadlines::departments(const std::string& campaign,
                                                                      Timestamp now) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Chain chain, load_chain(store, campaign));
  CS_TRY(const auto standings, load_standings(store, campaign));
  CS_TRY(const auto tasks, load_tasks(store, campaign, "", "", now));

  std::map<std::string, std::vector<const TaskDeadline*>> by_department;
  auto owners = store.query("SELECT DISTINCT department FROM editions WHERE campaign = ?");
  owners.bind(campaign);
  while (true) {
    CS_TRY(const bool found, owners.step());
    if (!found) break;
    by_department[owners.string(0)];
  }
  for (const auto& task : tasks) by_department[task.department].push_back(&task);

  std::vector<DepartmentDeadlines> result;
  for (const auto& [department, own] : by_department) {
    DepartmentDeadlines line;
    line.department = department;
    CS_TRY(const Given given, load_given(store, campaign, chain, department));
    line.state = department_state(own, standings, chain, given);
    for (const auto* task : own) {
      ++line.tasks;
      if (task->submitted_at) ++line.submitted;
      if (standings.at(task->table).settled) ++line.approved;
      if (overdue(*task, now)) ++line.overdue;
      if (task->raw_late) ++line.late_raw;
      if (task->net_late && task->net_late->micros > 0) ++line.late_net;
      if (!task->returns.empty()) ++line.returned;
      if (!task->submitted_at && task->due >= now &&
          (!line.next_due || task->due < *line.next_due)) {
        line.next_due = task->due;
      }
    }
    result.push_back(std::move(line));
  }
  return result;
}

Result<std::vector<TaskDeadline>> StoredDeadlines::tasks(const std::string& campaign,
                                                         const std::string& department,
                                                         Timestamp now) const {
  CS_TRY(const auto reading, store_.read());
  CS_CHECK(require_campaign(reading.database(), campaign));
  return load_tasks(reading.database(), campaign, department, "", now);
}

Result<TaskDeadline> StoredDeadlines::task(const std::string& campaign, const std::string& table,
                                           Timestamp now) const {
  CS_TRY(const auto reading, store_.read());
  CS_CHECK(require_campaign(reading.database(), campaign));
  CS_TRY(auto found, load_tasks(reading.database(), campaign, "", table, now));
  if (table.empty() || found.empty()) {
    return Error{Errc::not_found, "no task for table " + table + " in campaign " + campaign};
  }
  return std::move(found.front());
}

Result<std::optional<Timestamp>> StoredDeadlines::last_due(Timestamp until) const {
  CS_TRY(const auto reading, store_.read());
  auto query = reading.database().query(
      "SELECT max(due) FROM (SELECT due FROM tasks UNION ALL SELECT due FROM assists)"
      " WHERE due <= ?1");
  query.bind(until.micros);
  CS_TRY(const bool found, query.step());
  return found ? query.maybe_instant(0) : std::nullopt;
}

}  // namespace countersign::projections
