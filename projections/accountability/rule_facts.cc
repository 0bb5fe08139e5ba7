#include "projections/accountability/rule_facts.h"

#include "projections/accountability/fact_store.h"
#include "projections/rules/findings.h"

#include <algorithm>
#include <vector>

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;
using ledger::Timestamp;

namespace {

AccountabilityFact fact_of(const Step& step, const std::string& kind, const std::string& table,
                           const std::string& department, const std::string& rule,
                           std::uint32_t version) {
  AccountabilityFact fact;
  fact.id = kind + "-" + std::to_string(step.index()) + "-" + table + "-" + rule;
  fact.kind = kind;
  fact.state = "open";
  fact.campaign = step.campaign;
  fact.table = table;
  fact.department = department;
  fact.happened = step.event.received_at;
  fact.entries = {step.index()};
  fact.rule = rule + "@" + std::to_string(version);
  return fact;
}

// Whether two tables or two years disagree, rather than one record with itself.
bool compares_tables(const ledger::Rule& rule, const ledger::RuleCheck& check) {
  return !check.reads_previous.empty() || rule.kind == ledger::RuleKind::existence ||
         rule.kind == ledger::RuleKind::exclusion || rule.kind == ledger::RuleKind::external;
}

// Whether a table that the check compares with was changed after this one.
bool other_changed_later(const Step& step, const ledger::RuleCheck& check,
                         const ledger::Task& task) {
  return std::any_of(check.reads.begin(), check.reads.end(), [&](const ledger::TableKey& key) {
    const auto* other = step.after.task(ledger::CampaignId(step.campaign), key);
    return other != nullptr && other->department != task.department && other->content_index &&
           (!task.content_index || *other->content_index > *task.content_index);
  });
}

// Whether the same was raised before: a phase may be closed twice, a table passed twice.
Result<bool> known_open_at_due(const Step& step, const AccountabilityFact& fact) {
  auto earlier = step.store.query(
      "SELECT 1 FROM facts WHERE campaign = ? AND tbl = ? AND kind = 'F5' AND rule = ?"
      " AND due = ?");
  return earlier.bind(step.campaign, fact.table, fact.rule, fact.due).step();
}
Result<bool> known_passed(const Step& step, const AccountabilityFact& fact) {
  auto earlier = step.store.query(
      "SELECT 1 FROM facts WHERE campaign = ? AND tbl = ? AND kind IN ('F6', 'F8') AND rule = ?");
  return earlier.bind(step.campaign, fact.table, fact.rule).step();
}

struct Passed {
  std::string rule;
  std::uint32_t version = 0;
  std::uint32_t count = 0;
  LeafIndex run = 0;
};

// Findings of the last run without an accepted explanation, by rule.
Result<std::vector<Passed>> passed_findings(const Step& step) {
  std::vector<Passed> passed;
  auto query = step.store.query(
      std::string("SELECT f.rule, o.version, count(*), f.run FROM findings f"
                  " JOIN rule_runs r ON r.idx = f.run JOIN rule_outcomes o ON o.run = f.run"
                  " AND o.rule = f.rule LEFT JOIN withdrawn_rules w ON w.campaign = r.campaign"
                  " AND w.rule = f.rule AND w.version = o.version WHERE w.idx IS NULL AND f.run ="
                  " (SELECT max(idx) FROM rule_runs WHERE campaign = ? AND tbl = ?)"
                  " AND coalesce((SELECT status FROM explanations WHERE idx = ")
          .append(kExplanationOfFinding)
          .append("), '') != 'accepted' GROUP BY f.rule, o.version, f.run ORDER BY f.rule"));
  query.bind(step.campaign, step.table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return passed;
    passed.push_back({query.string(0), static_cast<std::uint32_t>(query.integer(1)),
                      static_cast<std::uint32_t>(query.integer(2)), query.index(3)});
  }
}

Result<void> record_withdrawal(const Step& step, const std::string& fact,
                               const std::string& reason) {
  CS_CHECK(step.store.execute(
      "INSERT INTO fact_acts (idx, fact, kind, stage, verdict, net, text, person, role, at)"
      " VALUES (?, ?, 'withdrawal', 0, 'voided', NULL, ?, ?, ?, ?)",
      step.index(), fact, reason, step.event.actor.person,
      ledger::to_string(step.event.actor.hat.role), step.event.received_at));
  return set_fact_state(step.store, fact, "voided");
}

}  // namespace

Result<void> raise_open_at_due(const Step& step, const std::string& table, Timestamp due) {
  const auto* task = step.after.task(ledger::CampaignId(step.campaign), ledger::TableKey(table));
  if (task == nullptr) return {};
  auto query = step.store.query(
      "SELECT o.rule, o.version, o.open - coalesce((SELECT sum(e.covers) FROM explanations e"
      " WHERE e.run = o.run AND e.rule = o.rule AND e.version = o.version AND e.at <= ?3), 0)"
      " AS left_open, o.run FROM rule_outcomes o JOIN rule_runs r ON r.idx = o.run"
      " LEFT JOIN withdrawn_rules w ON w.campaign = r.campaign AND w.rule = o.rule"
      " AND w.version = o.version WHERE w.idx IS NULL AND o.severity = 'blocking' AND o.run ="
      " (SELECT max(idx) FROM rule_runs WHERE campaign = ?1 AND tbl = ?2 AND at <= ?3)"
      " ORDER BY o.rule");
  query.bind(step.campaign, table, due);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    if (query.integer(2) <= 0) continue;
    auto fact = fact_of(step, "F5", table, task->department.value, query.string(0),
                        static_cast<std::uint32_t>(query.integer(1)));
    fact.due = due;
    CS_TRY(const bool known, known_open_at_due(step, fact));
    if (known) continue;
    fact.count = static_cast<std::uint32_t>(query.integer(2));
    fact.entries.push_back(query.index(3));
    CS_CHECK(insert_fact(step.store, std::move(fact)));
  }
}

Result<void> raise_passed_findings(const Step& step, const ledger::TableApproved& event) {
  const auto* definition = step.definition();
  const auto* task = step.task();
  if (definition == nullptr || task == nullptr ||
      definition->level_position(event.level) != std::size_t{0}) {
    return {};
  }
  CS_TRY(const auto passed, passed_findings(step));
  for (const Passed& one : passed) {
    const auto* rule = definition->rule(one.rule);
    const auto* check = rule == nullptr ? nullptr : rule->check_of(event.table);
    const bool inconsistent = check != nullptr && compares_tables(*rule, *check);
    auto fact = fact_of(step, inconsistent ? "F8" : "F6", step.table, task->department.value,
                        one.rule, one.version);
    CS_TRY(const bool known, known_passed(step, fact));
    if (known) continue;
    fact.person = step.event.actor.person.value;
    fact.count = one.count;
    fact.counts = !inconsistent || !other_changed_later(step, *check, *task);
    fact.entries.push_back(one.run);
    CS_CHECK(insert_fact(step.store, std::move(fact)));
  }
  return {};
}

Result<void> void_facts_of(const Step& step, const ledger::RuleWithdrawn& event) {
  auto query = step.store.query(
      "SELECT f.id FROM facts f WHERE f.campaign = ?1 AND f.state != 'voided' AND (f.rule = ?2"
      " OR (f.kind = 'F4' AND EXISTS (SELECT 1 FROM fact_entries n JOIN returns r ON r.idx = n.idx"
      " WHERE n.fact = f.seq AND n.charge = 0 AND f.id = 'F4-' || r.idx) AND NOT EXISTS (SELECT 1"
      " FROM return_reasons s WHERE 'F4-' || s.idx = f.id AND NOT EXISTS (SELECT 1 FROM"
      " withdrawn_rules w WHERE w.campaign = f.campaign AND w.idx > s.idx"
      " AND s.rule IN (w.rule, w.rule || '@' || w.version))))) ORDER BY f.seq");
  query.bind(event.campaign, event.rule + "@" + std::to_string(event.version));
  CS_TRY(const auto facts, query.strings());
  for (const std::string& fact : facts) CS_CHECK(record_withdrawal(step, fact, event.reason));
  return {};
}

}  // namespace countersign::projections
