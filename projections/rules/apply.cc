#include "projections/rules/apply.h"

namespace countersign::projections {

using ledger::Result;

namespace {

Result<void> run(const Step& step, const ledger::ValidationRun& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO rule_runs (idx, campaign, tbl, number, hash, rows, revision, at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      step.index(), step.campaign, step.table, event.version.number,
      ledger::to_hex(event.version.hash), event.version.rows, event.definition_revision,
      step.event.received_at));
  for (const auto& outcome : event.outcomes) {
    CS_CHECK(step.store.execute(
        "INSERT INTO rule_outcomes (run, rule, version, severity, count, open, broken)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        step.index(), outcome.rule, outcome.version, ledger::to_string(outcome.severity),
        outcome.count, outcome.open, outcome.broken ? outcome.why : std::string()));
  }
  std::int64_t position = 0;
  for (const auto& finding : event.findings) {
    CS_CHECK(step.store.execute(
        "INSERT INTO findings (run, position, rule, row, col, note) VALUES (?, ?, ?, ?, ?, ?)",
        step.index(), position++, finding.rule, finding.row, finding.column, finding.note));
  }
  return {};
}

Result<void> explained(const Step& step, const ledger::FindingExplained& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO explanations (idx, campaign, tbl, rule, version, run, row, col, covers, reason,"
      " person, at, status, decision_reason, decision_person)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'proposed', '', '')",
      step.index(), step.campaign, step.table, event.rule, event.rule_version, event.run, event.row,
      event.column, event.covers, event.reason, step.event.actor.person, step.event.received_at));
  for (std::size_t i = 0; i < event.evidence.size(); ++i) {
    CS_CHECK(step.store.execute(
        "INSERT INTO explanation_evidence (idx, position, hash, title) VALUES (?, ?, ?, ?)",
        step.index(), i, ledger::to_hex(event.evidence[i].hash), event.evidence[i].title));
  }
  return {};
}

Result<void> decided(const Step& step, const ledger::ExplanationDecided& event) {
  return step.store.execute(
      "UPDATE explanations SET status = ?, decided_by = ?, decided_at = ?, decision_reason = ?,"
      " decision_person = ? WHERE idx = ?",
      event.accepted ? "accepted" : "rejected", step.index(), step.event.received_at, event.reason,
      step.event.actor.person, event.explanation);
}

}  // namespace

Result<void> apply_rules(const Step& step) {
  return std::visit(
      Overloaded{[&](const ledger::ValidationRun& e) { return run(step, e); },
                 [&](const ledger::FindingExplained& e) { return explained(step, e); },
                 [&](const ledger::ExplanationDecided& e) { return decided(step, e); },
                 [&](const ledger::RuleWithdrawn& e) -> Result<void> {
                   return step.store.execute(
                       "INSERT INTO withdrawn_rules (campaign, rule, version, idx, reason, person,"
                       " at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                       e.campaign, e.rule, e.version, step.index(), e.reason,
                       step.event.actor.person, step.event.received_at);
                 },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
