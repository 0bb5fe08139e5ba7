#include "projections/subjects/apply.h"

namespace countersign::projections {

using ledger::Result;

namespace {

Result<void> requested(const Step& step, const ledger::CorrectionRequested& event) {
  return step.store.execute(
      "INSERT INTO corrections (idx, campaign, tbl, key, col, text, person, at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      step.index(), event.campaign, event.table, event.row, event.column, event.text,
      step.event.actor.person, step.event.received_at);
}

Result<void> answered(const Step& step, const ledger::CorrectionAnswered& event) {
  return step.store.execute(
      "UPDATE corrections SET answered_by = ?, answered_at = ?, answer_person = ?,"
      " answer_department = ?, granted = ?, reason = ?, change_idx = ? WHERE idx = ?",
      step.index(), step.event.received_at, step.event.actor.person,
      step.event.actor.hat.department, event.granted, event.reason, event.change, event.request);
}

}  // namespace

Result<void> apply_subjects(const Step& step) {
  return std::visit(
      Overloaded{[&](const ledger::CorrectionRequested& e) { return requested(step, e); },
                 [&](const ledger::CorrectionAnswered& e) { return answered(step, e); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
