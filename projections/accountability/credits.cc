#include "projections/accountability/credits.h"

#include "projections/accountability/fact_draft.h"
#include "projections/accountability/fact_store.h"

#include <algorithm>

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;

namespace {

// Whether a later run of the rules, a request for correction, a return, a chase or a pass by the
// school came between the submission and now: then somebody else was first.
Result<bool> somebody_asked(const Step& step, LeafIndex submission) {
  const ledger::Task& task = *step.task();
  if (!task.open_corrections.empty()) return true;
  if (task.validation && task.validation->by > submission) {
    const auto& outcomes = task.validation->outcomes;
    if (std::any_of(outcomes.begin(), outcomes.end(),
                    [](const auto& one) { return one.second.count > 0; })) {
      return true;
    }
  }
  auto query = step.store.query(
      "SELECT 1 FROM returns WHERE campaign = ?1 AND tbl = ?2 AND idx > ?3"
      " UNION ALL SELECT 1 FROM reopenings WHERE campaign = ?1 AND tbl = ?2 AND idx > ?3"
      " UNION ALL SELECT 1 FROM statements WHERE campaign = ?1 AND tbl = ?2 AND school_wide = 1"
      " UNION ALL SELECT 1 FROM chases c JOIN chase_tables t ON t.idx = c.idx"
      "  WHERE c.campaign = ?1 AND t.tbl = ?2 AND c.idx > ?3 LIMIT 1");
  return query.bind(step.campaign, step.table, submission).step();
}

}  // namespace

Result<void> own_correction(const Step& step, const ledger::RowsChanged& event) {
  const ledger::Task* task = step.task();
  if (task == nullptr || !task->submitted_by || event.reason.empty() || event.cites ||
      event.carried || step.event.actor.hat.department != task->department) {
    return {};
  }
  const LeafIndex submission = *task->submitted_by;
  CS_TRY(const bool asked, somebody_asked(step, submission));
  if (asked) return {};
  // One for what was submitted once, however many changes mend it.
  auto earlier = step.store.query(
      "SELECT 1 FROM facts f JOIN fact_entries e ON e.fact = f.seq AND e.charge = 0"
      " WHERE f.campaign = ? AND f.tbl = ? AND f.kind = 'F14' AND e.idx = ?");
  CS_TRY(const bool known, earlier.bind(step.campaign, step.table, submission).step());
  if (known) return {};
  auto fact = fact_of(step, "F14", step.table, task->department.value);
  fact.person = step.event.actor.person.value;
  CS_TRY(fact.count, cells_changed(step));
  fact.entries.push_back(submission);
  return insert_fact(step.store, std::move(fact));
}

Result<void> helped_others(const Step& step, const ledger::TaskUnblocked& event) {
  if (!step.event.caused_by) return {};
  const LeafIndex pass = *step.event.caused_by;
  const std::string id = "F15-" + std::to_string(pass);
  auto earlier = step.store.query("SELECT seq FROM facts WHERE id = ?");
  CS_TRY(const bool known, earlier.bind(id).step());
  if (known) {
    const std::int64_t seq = earlier.integer(0);
    CS_CHECK(step.store.execute("UPDATE facts SET count = count + 1 WHERE seq = ?", seq));
    return step.store.execute("INSERT INTO fact_entries (fact, charge, idx) VALUES (?, 0, ?)", seq,
                              step.index());
  }
  const auto* task = step.after.task(event.campaign, event.by);
  if (task == nullptr || step.event.received_at >= task->due) return {};
  auto fact = fact_of(step, "F15", task->table.value, task->department.value);
  fact.id = id;
  fact.due = task->due;
  fact.early = task->due - step.event.received_at;
  fact.count = 1;
  fact.entries.push_back(pass);
  return insert_fact(step.store, std::move(fact));
}

}  // namespace countersign::projections
