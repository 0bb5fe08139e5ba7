#include "projections/rules/evaluate.h"

#include "projections/rules/definition_sql.h"
#include "projections/rules/findings.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Result;
using ledger::Rule;
using ledger::RuleCheck;
using ledger::RuleFinding;
using ledger::RuleOutcome;

namespace {

// A finding is open unless an explanation that was not rejected speaks of its place.
Result<std::uint64_t> count_open(Database& store, const std::string& campaign,
                                 const std::string& table, const RuleOutcome& outcome,
                                 const std::vector<RuleFinding>& findings) {
  auto any =
      store.query("SELECT 1 FROM explanations WHERE campaign = ? AND tbl = ? AND rule = ? LIMIT 1");
  CS_TRY(const bool explained, any.bind(campaign, table, outcome.rule).step());
  if (!explained) return outcome.count;
  std::uint64_t open = outcome.count - findings.size();  // those not told one by one
  auto status = store.query(kStatusOfPlace);
  for (const RuleFinding& finding : findings) {
    status.restart();
    CS_TRY(const bool found,
           status.bind(campaign, table, outcome.rule, outcome.version, finding.row, finding.column)
               .step());
    if (!found || status.text(0) == "rejected") ++open;
  }
  return open;
}

}  // namespace

Result<TableFindings> evaluate_rules(Database& store, const ledger::CampaignDefinition& definition,
                                     const ledger::CampaignDefinition* previous,
                                     const ledger::TableKey& table) {
  TableFindings evaluation;
  const DefinitionSql sql(store, definition, previous);
  std::vector<const Rule*> rules;
  for (const Rule& rule : definition.rules) {
    if (rule.check_of(table) == nullptr) continue;
    auto withdrawn = store.query(
        "SELECT 1 FROM withdrawn_rules WHERE campaign = ? AND rule = ? AND version = ?");
    CS_TRY(const bool is_withdrawn, withdrawn.bind(definition.id, rule.id, rule.version).step());
    if (!is_withdrawn) rules.push_back(&rule);
  }
  std::sort(rules.begin(), rules.end(), [](const Rule* a, const Rule* b) { return a->id < b->id; });
  for (const Rule* rule : rules) {
    const RuleCheck& check = *rule->check_of(table);
    RuleOutcome outcome{rule->id, rule->version, rule->severity, 0, 0, false, {}};
    std::vector<ledger::TableKey> reads = check.reads;
    reads.push_back(table);
    std::vector<RuleFinding> findings;
    const auto visit = [&](const SqlRow& row) {
      if (findings.size() == ledger::kFindingsOfRuleMax) return;
      RuleFinding finding{
          rule->id, {}, row.text("column").value_or(""), row.text("note").value_or("")};
      if (auto key = row.text("row")) finding.row = ledger::RowKey(std::move(*key));
      findings.push_back(std::move(finding));
    };
    CS_TRY(const auto ran, sql.select(check.sql, reads, check.reads_previous, {"row"}, visit));
    if (ran.broken) {
      outcome.broken = true;
      outcome.why = *ran.broken;
    } else {
      outcome.count = ran.rows;
      CS_TRY(outcome.open, count_open(store, definition.id.value, table.value, outcome, findings));
      std::move(findings.begin(), findings.end(), std::back_inserter(evaluation.findings));
    }
    evaluation.outcomes.push_back(std::move(outcome));
  }
  return evaluation;
}

}  // namespace countersign::projections
