#include "api/wire/rules_json.h"

#include "api/wire/json_values.h"
#include "ledger/base/bytes.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

json names_json(const ledger::BilingualText& text) { return {{"zh", text.zh}, {"en", text.en}}; }

const char* state_of(const ledger::RuleOutcome& outcome, bool is_void) {
  if (outcome.broken) return "broken";
  if (is_void) return "void";
  return outcome.count == 0 ? "clean" : "findings";
}

}  // namespace

json to_json(const ledger::Rule& rule, const std::vector<projections::WithdrawnRule>& withdrawn,
             const std::vector<projections::LastOutcome>& last) {
  const auto is_void = [&](std::uint32_t version) {
    return std::ranges::any_of(
        withdrawn, [&](const auto& one) { return one.rule == rule.id && one.version == version; });
  };
  json checks = json::array();
  for (const ledger::RuleCheck& check : rule.checks) {
    json told;
    for (const auto& [table, run, outcome] : last) {
      if (table != check.table.value || outcome.rule != rule.id) continue;
      told = {{"run", run},
              {"version", outcome.version},
              {"state", state_of(outcome, is_void(outcome.version))},
              {"count", outcome.count}};
    }
    checks.push_back({{"table", check.table.value}, {"sql", check.sql}, {"last", std::move(told)}});
  }
  json out = {{"id", rule.id},
              {"version", rule.version},
              {"kind", ledger::to_string(rule.kind)},
              {"severity", ledger::to_string(rule.severity)},
              {"name", names_json(rule.name)},
              {"author", rule.author.value},
              {"needs_evidence", rule.needs_evidence},
              {"checks", std::move(checks)},
              {"withdrawn", json::array()}};
  for (const auto& one : withdrawn) {
    if (one.rule != rule.id) continue;
    out["withdrawn"].push_back({{"version", one.version},
                                {"index", one.index},
                                {"reason", one.reason},
                                {"at", ledger::format_utc(one.at)}});
  }
  return out;
}

json to_json(const projections::RuleRun& run) {
  json outcomes = json::array();
  for (const ledger::RuleOutcome& outcome : run.outcomes) {
    const bool is_void = std::ranges::find(run.withdrawn, outcome.rule) != run.withdrawn.end();
    outcomes.push_back({{"rule", outcome.rule},
                        {"version", outcome.version},
                        {"severity", ledger::to_string(outcome.severity)},
                        {"count", outcome.count},
                        {"open", is_void ? 0 : outcome.open},
                        {"state", state_of(outcome, is_void)},
                        {"why", outcome.broken ? json(outcome.why) : json()}});
  }
  return {{"index", run.index},
          {"version", {{"number", run.number}, {"hash", run.hash}, {"rows", run.rows}}},
          {"definition_revision", run.definition_revision},
          {"at", ledger::format_utc(run.at)},
          {"outcomes", std::move(outcomes)}};
}

json to_json(const projections::RecordedFinding& finding, bool rows) {
  return {{"rule", finding.rule},
          {"rule_version", finding.rule_version},
          {"severity", finding.severity},
          {"row", rows ? text_or_null(finding.row) : json()},
          {"column", finding.column.empty() ? json() : json(finding.column)},
          {"note", rows && !finding.note.empty() ? json(finding.note) : json()},
          {"state", finding.state},
          {"explanation", finding.explanation ? json(*finding.explanation) : json()}};
}

json to_json(const projections::RecordedExplanation& one, bool rows) {
  json evidence = json::array();
  for (const auto& document : one.evidence) {
    evidence.push_back({{"hash", ledger::to_hex(document.hash)}, {"title", document.title}});
  }
  return {{"id", one.index},
          {"rule", one.rule},
          {"rule_version", one.rule_version},
          {"row", rows ? text_or_null(one.row) : json()},
          {"column", one.column.empty() ? json() : json(one.column)},
          {"covers", one.covers},
          {"reason", rows ? json(one.reason) : json()},
          {"evidence", std::move(evidence)},
          {"person", one.person},
          {"at", ledger::format_utc(one.at)},
          {"state", one.state},
          {"decided_by", one.decided_by ? json(*one.decided_by) : json()},
          {"decision_reason", rows && one.decided_by ? json(one.decision_reason) : json()}};
}

}  // namespace countersign::api
