#include "projections/records/query.h"

#include "projections/accountability/queries.h"
#include "projections/deadlines/task.h"

namespace countersign::projections {

using ledger::Result;
using ledger::Timestamp;

namespace {

std::uint32_t number(const Query& query, int column) {
  return static_cast<std::uint32_t>(query.integer(column));
}

Result<void> count_tasks(Database& store, const std::string& department, Timestamp now,
                         CampaignRecord& record) {
  CS_TRY(const auto tasks, load_tasks(store, record.campaign, department, "", now));
  for (const TaskDeadline& task : tasks) {
    ++record.tasks;
    if (task.submitted_at) ++record.submitted;
    if (task.raw_late) {
      ++record.late;
      record.raw_late = record.raw_late + *task.raw_late;
      record.net_late = record.net_late + *task.net_late;
    } else if (task.submitted_at) {
      ++record.on_time;
    }
  }
  auto returns = store.query(
      "SELECT coalesce(sum(r.school_wide), 0), count(*) FROM returns r JOIN tasks t"
      " ON t.campaign = r.campaign AND t.tbl = r.tbl WHERE r.campaign = ? AND t.department = ?");
  CS_TRY(const bool counted, returns.bind(record.campaign, department).step());
  if (counted) {
    record.returns = number(returns, 0);
    record.internal_returns = number(returns, 1) - record.returns;
  }
  return {};
}

Result<void> count_facts(Database& store, const std::string& department, CampaignRecord& record) {
  auto facts = store.query(
      "SELECT kind, count(*) FILTER (WHERE state NOT IN ('corrected', 'voided') AND counts = 1),"
      " count(*) FILTER (WHERE state NOT IN ('corrected', 'voided') AND counts = 0),"
      " count(*) FILTER (WHERE state = 'corrected'), count(*) FILTER (WHERE state = 'voided')"
      " FROM facts WHERE campaign = ? AND department = ? GROUP BY kind");
  facts.bind(record.campaign, department);
  while (true) {
    CS_TRY(const bool found, facts.step());
    if (!found) return {};
    AccountabilityFact kind;
    kind.kind = facts.string(0);
    auto& counts = (is_credit(kind) ? record.credits : record.facts)[kind.kind];
    counts = {number(facts, 1), number(facts, 2), number(facts, 3), number(facts, 4)};
  }
}

Result<void> count_answers(Database& store, const std::string& department,
                           CampaignRecord& record) {
  auto chases = store.query(
      "SELECT count(*), count(*) FILTER (WHERE EXISTS"
      " (SELECT 1 FROM chase_answers a WHERE a.chase = c.idx))"
      " FROM chases c WHERE c.campaign = ? AND c.department = ?");
  CS_TRY(const bool chased, chases.bind(record.campaign, department).step());
  if (chased) {
    record.chases = number(chases, 0);
    record.chases_answered = number(chases, 1);
  }
  auto assists = store.query(
      "SELECT count(*), count(*) FILTER (WHERE status = 'delivered'),"
      " count(*) FILTER (WHERE status = 'declined') FROM assists"
      " WHERE campaign = ? AND department = ?");
  CS_TRY(const bool asked, assists.bind(record.campaign, department).step());
  if (asked) {
    record.assists_asked = number(assists, 0);
    record.assists_delivered = number(assists, 1);
    record.assists_declined = number(assists, 2);
  }
  return {};
}

}  // namespace

Result<DepartmentRecord> StoredRecords::department(const std::string& department,
                                                   Timestamp now) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  DepartmentRecord result;
  result.department = department;
  result.as_of = reading.as_of();
  auto campaigns = store.query(
      "SELECT campaign FROM tasks WHERE department = ?1"
      " UNION SELECT campaign FROM facts WHERE department = ?1 AND campaign != ''"
      " UNION SELECT campaign FROM assists WHERE department = ?1"
      " UNION SELECT campaign FROM chases WHERE department = ?1 ORDER BY 1");
  campaigns.bind(department);
  while (true) {
    CS_TRY(const bool found, campaigns.step());
    if (!found) return result;
    CampaignRecord record;
    record.campaign = campaigns.string(0);
    CS_CHECK(count_tasks(store, department, now, record));
    CS_CHECK(count_facts(store, department, record));
    CS_CHECK(count_answers(store, department, record));
    result.campaigns.push_back(std::move(record));
  }
}

}  // namespace countersign::projections
