#include "projections/indicators/apply.h"

#include "ledger/base/bytes.h"
#include "projections/indicators/evaluation.h"

namespace countersign::projections {

using ledger::Result;

namespace {

Result<void> record_figures(const Step& step, const ledger::IndicatorsComputed& event) {
  for (const auto& input : event.inputs) {
    CS_CHECK(
        step.store.execute("INSERT INTO computation_inputs (idx, tbl, version, version_hash, rows)"
                           " VALUES (?, ?, ?, ?, ?)",
                           step.index(), input.table, input.version.number,
                           ledger::to_hex(input.version.hash), input.version.rows));
  }
  for (const auto& one : event.quantities) {
    CS_CHECK(step.store.execute(
        "INSERT INTO computation_quantities (idx, quantity, version, value, cells)"
        " VALUES (?, ?, ?, ?, ?)",
        step.index(), one.quantity, one.version, number_text(one.value), one.cells));
  }
  for (const auto& one : event.indicators) {
    CS_CHECK(step.store.execute(
        "INSERT INTO computation_values (idx, indicator, version, value, mark, result)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        step.index(), one.indicator, one.version, number_text(one.value), number_text(one.mark),
        ledger::to_string(one.result)));
  }
  return {};
}

// From here on edits are compared with what was computed. A side that was known stays known while
// an indicator cannot be computed.
Result<void> set_standings(const Step& step, const ledger::IndicatorsComputed& event) {
  for (const auto& one : event.indicators) {
    CS_CHECK(step.store.execute(
        "INSERT INTO indicator_standings (campaign, indicator, revision, value, result, side)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (campaign, indicator) DO UPDATE SET"
        " revision = ?3, value = ?4, result = ?5, side = CASE ?6 WHEN '' THEN side ELSE ?6 END",
        event.campaign, one.indicator, event.definition_revision, number_text(one.value),
        ledger::to_string(one.result), side_of(one.result)));
  }
  return {};
}

Result<void> computed(const Step& step, const ledger::IndicatorsComputed& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO computations (idx, campaign, computed_at, revision, at) VALUES (?, ?, ?, ?, ?)",
      step.index(), event.campaign, event.computed_at, event.definition_revision,
      step.event.received_at));
  CS_CHECK(record_figures(step, event));
  return set_standings(step, event);
}

}  // namespace

Result<void> apply_indicators(const Step& step) {
  CS_CHECK(apply_plans(step));
  return std::visit(
      Overloaded{[&](const ledger::IndicatorsComputed& e) { return computed(step, e); },
                 [&](const ledger::RowsChanged&) { return apply_edit(step); },
                 [&](const ledger::SheetImported&) { return apply_edit(step); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
