#include "projections/deadlines/task.h"

#include "projections/deadlines/lateness.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

Result<void> load_moves(Database& store, TaskDeadline& task) {
  auto query = store.query(
      "SELECT idx, old_due, new_due, person, reason FROM due_moves WHERE campaign = ? AND tbl = ?"
      " ORDER BY idx");
  query.bind(task.campaign, task.table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    task.moves.push_back(
        {query.index(0), query.instant(1), query.instant(2), query.string(3), query.string(4)});
  }
}

Result<void> load_returns(Database& store, TaskDeadline& task) {
  auto query = store.query(
      "SELECT idx, level, person, at, version FROM returns WHERE campaign = ? AND tbl = ?"
      " ORDER BY idx");
  query.bind(task.campaign, task.table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    ReturnRecord record{query.index(0),
                        query.string(1),
                        query.string(2),
                        query.instant(3),
                        static_cast<std::uint32_t>(query.integer(4)),
                        {}};
    auto reasons = store.query(
        "SELECT row, col, rule, text FROM return_reasons WHERE idx = ? ORDER BY position");
    reasons.bind(record.index);
    while (true) {
      CS_TRY(const bool more, reasons.step());
      if (!more) break;
      record.reasons.push_back(
          {reasons.string(0), reasons.string(1), reasons.string(2), reasons.string(3)});
    }
    task.returns.push_back(std::move(record));
  }
}

// REQUIRES: returns are loaded.
Result<void> load_statements(Database& store, TaskDeadline& task) {
  const ledger::LeafIndex last_return = task.returns.empty() ? 0 : task.returns.back().index;
  auto query = store.query(
      "SELECT s.idx, s.level, s.person, coalesce(p.name, ''), s.role, s.department,"
      " s.on_behalf_of, s.at, s.version, s.version_hash FROM statements s"
      " LEFT JOIN persons p ON p.id = s.person WHERE s.campaign = ? AND s.tbl = ? ORDER BY s.idx");
  query.bind(task.campaign, task.table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    Statement statement{.index = query.index(0),
                        .level = query.string(1),
                        .person = query.string(2),
                        .person_name = query.string(3),
                        .role = query.string(4),
                        .department = query.string(5),
                        .on_behalf_of = query.string(6),
                        .at = query.instant(7),
                        .version = static_cast<std::uint32_t>(query.integer(8)),
                        .version_hash = query.string(9),
                        .stands = false};
    statement.stands = statement.version == task.current_version && statement.index >= last_return;
    task.statements.push_back(std::move(statement));
  }
}

Result<void> load_assists(Database& store, TaskDeadline& task) {
  auto query = store.query(
      "SELECT part, department, status, due, answered_at, requested_by, answered_by FROM assists"
      " WHERE campaign = ? AND tbl = ? ORDER BY part, department");
  query.bind(task.campaign, task.table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    AssistRecord record{query.string(0),  query.string(1),        query.string(2),
                        query.instant(3), query.maybe_instant(4), {query.index(5)}};
    if (!query.is_null(6)) record.entries.push_back(query.index(6));
    task.assists.push_back(std::move(record));
  }
}

Result<void> load_blocked_by(Database& store, TaskDeadline& task) {
  auto query = store.query(
      "SELECT by_tbl FROM waits WHERE campaign = ? AND tbl = ? AND to_idx IS NULL ORDER BY by_tbl");
  query.bind(task.campaign, task.table);
  CS_TRY(task.blocked_by, query.strings());
  return {};
}

}  // namespace

Result<void> require_campaign(Database& store, const std::string& campaign) {
  auto query = store.query("SELECT 1 FROM campaigns WHERE campaign = ?");
  CS_TRY(const bool found, query.bind(campaign).step());
  if (!found) return Error{Errc::not_found, "no campaign " + campaign};
  return {};
}

Result<std::vector<TaskDeadline>> load_tasks(Database& store, const std::string& campaign,
                                             const std::string& department,
                                             const std::string& table, ledger::Timestamp now) {
  auto query = store.query(
      "SELECT t.tbl, t.department, t.phase, coalesce(f.open, 0), t.status, t.level, t.due,"
      " t.due_first, t.submitted_at, t.raw_late, t.net_late, t.current_version, t.rows,"
      " t.content_index, t.process_state FROM tasks t"
      " LEFT JOIN phases f ON f.campaign = t.campaign AND f.phase = t.phase"
      " WHERE t.campaign = ?1 AND (?2 = '' OR t.department = ?2) AND (?3 = '' OR t.tbl = ?3)"
      " ORDER BY t.due, t.tbl");
  query.bind(campaign, department, table);
  std::vector<TaskDeadline> tasks;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return tasks;
    TaskDeadline task;
    task.campaign = campaign;
    task.table = query.string(0);
    task.department = query.string(1);
    task.phase = query.string(2);
    task.phase_open = query.integer(3) != 0;
    task.status = query.string(4);
    task.level = query.string(5);
    task.due = query.instant(6);
    task.due_first = query.instant(7);
    task.submitted_at = query.maybe_instant(8);
    task.current_version = static_cast<std::uint32_t>(query.integer(11));
    task.rows = query.index(12);
    if (!query.is_null(13)) task.content_index = query.index(13);
    task.process_state = query.string(14);
    if (task.submitted_at) {
      if (!query.is_null(9)) {
        task.raw_late = ledger::Duration{query.integer(9)};
        task.net_late = ledger::Duration{query.integer(10)};
      }
    } else {
      CS_TRY(const auto excuses, load_excuses(store, campaign, task.table));
      if (const auto late = lateness(task.table, task.due, now, std::nullopt, excuses)) {
        task.raw_late = late->raw;
        task.net_late = late->net;
      }
    }
    CS_CHECK(load_moves(store, task));
    CS_CHECK(load_returns(store, task));
    CS_CHECK(load_statements(store, task));
    CS_CHECK(load_assists(store, task));
    CS_CHECK(load_blocked_by(store, task));
    tasks.push_back(std::move(task));
  }
}

}  // namespace countersign::projections
