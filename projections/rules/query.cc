#include "projections/rules/query.h"

#include "projections/cursor.h"
#include "projections/rules/evaluate.h"
#include "projections/rules/findings.h"
#include "projections/tables/reading.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::LeafIndex;
using ledger::Result;

namespace {

std::optional<std::string> maybe_text(const Query& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return query.string(column);
}

// Of the columns rule, version, severity, count, open, broken.
ledger::RuleOutcome read_outcome(const Query& query) {
  ledger::RuleOutcome outcome;
  outcome.rule = query.string(0);
  outcome.version = static_cast<std::uint32_t>(query.integer(1));
  outcome.severity = ledger::severity_from(query.text(2)).value_or(ledger::Severity::blocking);
  outcome.count = query.index(3);
  outcome.open = query.index(4);
  outcome.why = query.string(5);
  outcome.broken = !outcome.why.empty();
  return outcome;
}

Result<void> read_outcomes(Database& store, RuleRun& run) {
  auto query = store.query(
      "SELECT o.rule, o.version, o.severity, o.count, o.open, o.broken, w.idx IS NOT NULL"
      " FROM rule_outcomes o JOIN rule_runs r ON r.idx = o.run LEFT JOIN withdrawn_rules w"
      " ON w.campaign = r.campaign AND w.rule = o.rule AND w.version = o.version"
      " WHERE o.run = ? ORDER BY o.rule");
  query.bind(run.index);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    auto outcome = read_outcome(query);
    if (query.integer(6) != 0) run.withdrawn.push_back(outcome.rule);
    run.outcomes.push_back(std::move(outcome));
  }
}

// Findings that nothing stands for by now; the run knew only what had been said before it.
Result<void> count_open(Database& store, RuleRun& run) {
  auto query = store.query(
      std::string("SELECT f.rule, count(*) FROM findings f JOIN rule_runs r ON r.idx = f.run"
                  " JOIN rule_outcomes o ON o.run = f.run AND o.rule = f.rule WHERE f.run = ?"
                  " AND coalesce((SELECT status FROM explanations WHERE idx = ")
          .append(kExplanationOfFinding)
          .append("), 'rejected') <> 'rejected' GROUP BY f.rule"));
  query.bind(run.index);
  for (auto& outcome : run.outcomes) outcome.open = outcome.count;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    for (auto& outcome : run.outcomes) {
      if (outcome.rule == query.text(0)) outcome.open -= std::min(outcome.open, query.index(1));
    }
  }
}

Result<std::vector<ledger::DocumentRef>> read_evidence(Database& store, LeafIndex index) {
  std::vector<ledger::DocumentRef> documents;
  auto query =
      store.query("SELECT hash, title FROM explanation_evidence WHERE idx = ? ORDER BY position");
  query.bind(index);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return documents;
    CS_TRY(const auto hash, ledger::hash_from_hex(query.text(0)));
    documents.push_back({hash, query.string(1)});
  }
}

}  // namespace

Result<TableFindings> StoredRules::evaluate(const ledger::CampaignDefinition& definition,
                                            const ledger::CampaignDefinition* previous,
                                            const ledger::TableKey& table) const {
  CS_TRY(const auto reading, store_.read());
  CS_TRY(auto evaluation, evaluate_rules(reading.database(), definition, previous, table));
  evaluation.as_of = reading.as_of();
  return evaluation;
}

Result<RuleRun> StoredRules::run(const std::string& campaign, const std::string& table,
                                 std::optional<LeafIndex> index) const {
  CS_TRY(const auto reading, store_.read());
  auto query = reading.database().query(
      "SELECT idx, number, hash, rows, revision, at FROM rule_runs WHERE campaign = ?1"
      " AND tbl = ?2 AND (?3 IS NULL OR idx = ?3) ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(campaign, table, index).step());
  if (!found) return Error{Errc::not_found, "no run of the rules over this table"};
  RuleRun run;
  run.index = query.index(0);
  run.number = static_cast<std::uint32_t>(query.integer(1));
  run.hash = query.string(2);
  run.rows = query.index(3);
  run.definition_revision = static_cast<std::uint32_t>(query.integer(4));
  run.at = query.instant(5);
  CS_CHECK(read_outcomes(reading.database(), run));
  CS_CHECK(count_open(reading.database(), run));
  return run;
}

Result<Page<RecordedFinding>> StoredRules::findings(LeafIndex run, const std::string& rule,
                                                    const PageRequest& page) const {
  CS_TRY(const auto reading, store_.read());
  Cursor after{0, 0};  // one more than the last position
  if (!page.after.empty()) {
    CS_TRY(after, decode_cursor(page.after));
  }
  auto query = reading.database().query(
      std::string("SELECT f.position, f.rule, o.version, o.severity, f.row, f.col, f.note,"
                  " w.idx IS NOT NULL, e.idx, coalesce(e.status, '') FROM findings f"
                  " JOIN rule_runs r ON r.idx = f.run JOIN rule_outcomes o ON o.run = f.run"
                  " AND o.rule = f.rule LEFT JOIN withdrawn_rules w ON w.campaign = r.campaign"
                  " AND w.rule = f.rule AND w.version = o.version LEFT JOIN explanations e"
                  " ON e.idx = ")
          .append(kExplanationOfFinding)
          .append(" WHERE f.run = ? AND f.position >= ? AND (?3 = '' OR f.rule = ?3)"
                  " ORDER BY f.position"));
  query.bind(run, after[0], rule);
  Page<RecordedFinding> result;
  result.as_of = reading.as_of();
  const std::size_t limit = limit_of(page);
  std::uint64_t next = 0;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return result;
    if (result.rows.size() == limit) {
      result.next = encode_cursor({next, 0});
      return result;
    }
    RecordedFinding finding;
    next = query.index(0) + 1;
    finding.rule = query.string(1);
    finding.rule_version = static_cast<std::uint32_t>(query.integer(2));
    finding.severity = query.string(3);
    finding.row = maybe_text(query, 4);
    finding.column = query.string(5);
    finding.note = query.string(6);
    if (!query.is_null(8)) finding.explanation = query.index(8);
    const std::string status = query.string(9);
    if (query.integer(7) != 0) {
      finding.state = "void";
    } else if (status.empty()) {
      finding.state = "open";
    } else {
      finding.state = status == "proposed" ? "explained" : status;
    }
    result.rows.push_back(std::move(finding));
  }
}

Result<std::uint64_t> StoredRules::unexplained(const std::string& campaign,
                                               const std::string& table, const std::string& rule,
                                               const std::optional<std::string>& row,
                                               const std::string& column) const {
  CS_TRY(const auto reading, store_.read());
  const bool all = !row && column.empty();
  auto query = reading.database().query(
      std::string("SELECT count(*) FROM findings f JOIN rule_runs r ON r.idx = f.run"
                  " JOIN rule_outcomes o ON o.run = f.run AND o.rule = f.rule"
                  " WHERE f.run = (SELECT max(idx) FROM rule_runs WHERE campaign = ?1 AND tbl = ?2)"
                  " AND f.rule = ?3 AND (?4 OR (f.row IS ?5 AND ?6 IN ('', f.col)))"
                  " AND coalesce((SELECT status FROM explanations WHERE idx = ")
          .append(kExplanationOfFinding)
          .append("), 'rejected') = 'rejected'"));
  CS_TRY(const bool found, query.bind(campaign, table, rule, all, row, column).step());
  return found ? query.index(0) : 0;
}

Result<std::vector<RecordedExplanation>> StoredRules::explanations(const std::string& campaign,
                                                                   const std::string& table) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  std::vector<RecordedExplanation> all;
  auto query = store.query(
      "SELECT e.idx, e.rule, e.version, e.row, e.col, e.covers, e.reason, e.person, e.at,"
      " e.status, e.decided_by, e.decision_reason, e.decision_person, w.idx IS NOT NULL"
      " FROM explanations e LEFT JOIN withdrawn_rules w ON w.campaign = e.campaign"
      " AND w.rule = e.rule AND w.version = e.version"
      " WHERE e.campaign = ? AND e.tbl = ? ORDER BY e.idx");
  query.bind(campaign, table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return all;
    RecordedExplanation one;
    one.index = query.index(0);
    one.rule = query.string(1);
    one.rule_version = static_cast<std::uint32_t>(query.integer(2));
    one.row = maybe_text(query, 3);
    one.column = query.string(4);
    one.covers = query.index(5);
    one.reason = query.string(6);
    one.person = query.string(7);
    one.at = query.instant(8);
    one.state = query.integer(13) != 0 ? "void" : query.string(9);
    if (!query.is_null(10)) one.decided_by = query.index(10);
    one.decision_reason = query.string(11);
    one.decision_person = query.string(12);
    CS_TRY(one.evidence, read_evidence(store, one.index));
    all.push_back(std::move(one));
  }
}

Result<std::vector<WithdrawnRule>> StoredRules::withdrawn(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  std::vector<WithdrawnRule> all;
  auto query = reading.database().query(
      "SELECT rule, version, idx, reason, person, at FROM withdrawn_rules WHERE campaign = ?"
      " ORDER BY idx");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return all;
    all.push_back({query.string(0), static_cast<std::uint32_t>(query.integer(1)), query.index(2),
                   query.string(3), query.string(4), query.instant(5)});
  }
}

Result<std::vector<LastOutcome>> StoredRules::last_outcomes(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  std::vector<LastOutcome> all;
  auto query = reading.database().query(
      "SELECT o.rule, o.version, o.severity, o.count, o.open, o.broken, r.tbl, r.idx"
      " FROM rule_runs r JOIN rule_outcomes o ON o.run = r.idx WHERE r.campaign = ?1 AND r.idx ="
      " (SELECT max(n.idx) FROM rule_runs n WHERE n.campaign = ?1 AND n.tbl = r.tbl)"
      " ORDER BY r.tbl, o.rule");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return all;
    all.push_back({query.string(6), query.index(7), read_outcome(query)});
  }
}

Result<std::uint64_t> StoredRules::broken() const {
  CS_TRY(const auto reading, store_.read());
  auto query = reading.database().query(
      "SELECT count(*) FROM rule_outcomes o JOIN rule_runs r ON r.idx = o.run"
      " WHERE o.broken != '' AND r.idx = (SELECT max(n.idx) FROM rule_runs n"
      " WHERE n.campaign = r.campaign AND n.tbl = r.tbl) AND NOT EXISTS (SELECT 1"
      " FROM withdrawn_rules w WHERE w.campaign = r.campaign AND w.rule = o.rule"
      " AND w.version = o.version)");
  CS_TRY(const bool found, query.step());
  return found ? query.index(0) : 0;
}

}  // namespace countersign::projections
