#include "projections/records/query.h"

#include "projections/accountability/queries.h"
#include "projections/deadlines/lateness.h"

namespace countersign::projections {

using ledger::Duration;
using ledger::Result;
using ledger::Timestamp;

namespace {

std::uint32_t number(const Query& query, int column) {
  return static_cast<std::uint32_t>(query.integer(column));
}

void add_lateness(CampaignRecord& record, Duration raw, Duration net) {
  ++record.late;
  record.raw_late = record.raw_late + raw;
  record.net_late = record.net_late + net;
}

Result<void> count_tasks(Database& store, const std::string& department, Timestamp now,
                         CampaignRecord& record) {
  auto tasks = store.query(
      "SELECT tbl, due, submitted_at IS NOT NULL, raw_late, net_late FROM tasks"
      " WHERE campaign = ? AND department = ?");
  tasks.bind(record.campaign, department);
  while (true) {
    CS_TRY(const bool found, tasks.step());
    if (!found) break;
    ++record.tasks;
    if (tasks.integer(2) != 0) {
      ++record.submitted;
      if (tasks.is_null(3)) {
        ++record.on_time;
      } else {
        add_lateness(record, Duration{tasks.integer(3)}, Duration{tasks.integer(4)});
      }
      continue;
    }
    const std::string table = tasks.string(0);
    CS_TRY(const auto excuses, load_excuses(store, record.campaign, table));
    if (const auto late = lateness(table, tasks.instant(1), now, std::nullopt, excuses)) {
      add_lateness(record, late->raw, late->net);
    }
  }
  auto returns = store.query(
      "SELECT coalesce(sum(r.school_wide), 0), count(*) FROM tasks t JOIN returns r"
      " ON r.campaign = t.campaign AND r.tbl = t.tbl WHERE t.campaign = ? AND t.department = ?");
  CS_TRY(const bool counted, returns.bind(record.campaign, department).step());
  if (counted) {
    record.returns = number(returns, 0);
    record.internal_returns = number(returns, 1) - record.returns;
  }
  return {};
}

Result<void> count_facts(Database& store, const std::string& department, CampaignRecord& record) {
  auto facts = store.query(
      "SELECT kind, total(facts) FILTER (WHERE state NOT IN ('corrected', 'voided') AND counts = 1),"
      " total(facts) FILTER (WHERE state NOT IN ('corrected', 'voided') AND counts = 0),"
      " total(facts) FILTER (WHERE state = 'corrected'), total(facts) FILTER (WHERE state = 'voided')"
      " FROM fact_counts WHERE campaign = ? AND department = ? GROUP BY kind");
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
      " UNION SELECT campaign FROM fact_counts WHERE department = ?1 AND campaign != ''"
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
