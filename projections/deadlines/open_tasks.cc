#include "projections/deadlines/open_tasks.h"

#include "projections/deadlines/query.h"

namespace countersign::projections {

using ledger::Result;

// A window is open while its phase is and the last body has not decided; after a reopening, until
// the table has passed what that asks for. A table is owed until its first submission, and again
// after a return or a reopening that set a new instant.
Result<std::vector<OpenTask>> load_open_tasks(Database& store, const std::string& campaign) {
  auto query = store.query(
      "SELECT t.campaign, t.department, t.tbl, t.due, CASE WHEN t.submitted_at IS NOT NULL THEN"
      "  (SELECT max(at) FROM"
      "   (SELECT at FROM returns r WHERE r.campaign = t.campaign AND r.tbl = t.tbl"
      "    AND r.due IS NOT NULL"
      "    UNION ALL SELECT at FROM reopenings o WHERE o.campaign = t.campaign AND o.tbl = t.tbl))"
      " END FROM tasks t"
      " JOIN campaigns c ON c.campaign = t.campaign"
      " LEFT JOIN phases f ON f.campaign = t.campaign AND f.phase = t.phase"
      " WHERE (?1 = '' OR t.campaign = ?1)"
      " AND t.status IN ('open', 'filling', 'returned', 'final_filling')"
      " AND ((t.reopened_by IS NOT NULL AND t.settled = 0)"
      "  OR (coalesce(f.open, 0) = 1 AND c.decided = 0))"
      " AND (t.submitted_at IS NULL OR"
      "  (SELECT max(idx) FROM"
      "   (SELECT idx FROM returns r WHERE r.campaign = t.campaign AND r.tbl = t.tbl"
      "    AND r.due IS NOT NULL"
      "    UNION ALL SELECT idx FROM reopenings o WHERE o.campaign = t.campaign AND o.tbl = t.tbl))"
      "  > (SELECT max(idx) FROM statements s WHERE s.campaign = t.campaign AND s.tbl = t.tbl"
      "     AND s.level = 'submission'))"
      " ORDER BY t.campaign, t.department, t.tbl");
  query.bind(campaign);
  std::vector<OpenTask> tasks;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return tasks;
    tasks.push_back({query.string(0), query.string(1), query.string(2), query.instant(3),
                     query.maybe_instant(4)});
  }
}

Result<std::shared_ptr<const OpenTasks>> StoredDeadlines::open_tasks() const {
  CS_TRY(const auto reading, store_.read());
  auto moved = reading.database().query("SELECT value FROM meta WHERE name = 'tasks_moved'");
  CS_TRY(const bool any, moved.step());
  const ledger::TreeSize as_of = any ? moved.index(0) : 0;
  {
    const std::lock_guard lock(mutex_);
    if (open_tasks_ != nullptr && open_tasks_->as_of == as_of) return open_tasks_;
  }
  auto fresh = std::make_shared<OpenTasks>();
  fresh->as_of = as_of;
  auto departments =
      reading.database().query("SELECT DISTINCT campaign, department FROM tasks ORDER BY 1, 2");
  while (true) {
    CS_TRY(const bool found, departments.step());
    if (!found) break;
    fresh->counts[{departments.string(0), departments.string(1)}] = 0;
  }
  CS_TRY(fresh->tasks, load_open_tasks(reading.database(), ""));
  for (const OpenTask& task : fresh->tasks) ++fresh->counts[{task.campaign, task.department}];
  const std::lock_guard lock(mutex_);
  open_tasks_ = std::move(fresh);
  return open_tasks_;
}

}  // namespace countersign::projections
