#include "projections/accountability/fact_store.h"

namespace countersign::projections {

using ledger::Duration;
using ledger::Result;

namespace {

constexpr std::string_view kAddEntry =
    "INSERT OR IGNORE INTO fact_entries (fact, charge, idx) VALUES (?, ?, ?)";

Result<std::vector<ledger::LeafIndex>> read_entries(Database& store, std::int64_t fact,
                                                    std::int64_t charge) {
  std::vector<ledger::LeafIndex> entries;
  auto query =
      store.query("SELECT idx FROM fact_entries WHERE fact = ? AND charge = ? ORDER BY idx");
  query.bind(fact, charge);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return entries;
    entries.push_back(query.index(0));
  }
}

Result<std::vector<FactAct::Document>> read_evidence(Database& store, ledger::LeafIndex index) {
  std::vector<FactAct::Document> documents;
  auto query = store.query("SELECT hash, title FROM fact_evidence WHERE idx = ? ORDER BY position");
  query.bind(index);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return documents;
    documents.push_back({query.string(0), query.string(1)});
  }
}

std::optional<Duration> maybe_duration(const Query& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return Duration{query.integer(column)};
}

Result<std::vector<FactAct>> read_acts(Database& store, const std::string& fact) {
  std::vector<FactAct> acts;
  auto query = store.query(
      "SELECT a.idx, a.kind, a.stage, a.verdict, a.net, a.text, a.person, coalesce(p.name, ''),"
      " a.role, a.at FROM fact_acts a LEFT JOIN persons p ON p.id = a.person"
      " WHERE a.fact = ? ORDER BY a.idx");
  query.bind(fact);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return acts;
    FactAct act;
    act.index = query.index(0);
    act.kind = query.string(1);
    act.stage = static_cast<std::uint32_t>(query.integer(2));
    act.verdict = query.string(3);
    act.net = maybe_duration(query, 4);
    act.text = query.string(5);
    act.person = query.string(6);
    act.person_name = query.string(7);
    act.role = query.string(8);
    act.at = query.instant(9);
    CS_TRY(act.evidence, read_evidence(store, act.index));
    acts.push_back(std::move(act));
  }
}

// The last decision is in force. An appeal against it does not suspend it, and one that fails
// leaves it as it was. None makes a fact count that does not.
void apply_acts(AccountabilityFact& fact) {
  for (const FactAct& act : fact.acts) {
    if (act.verdict == "voided") fact.counts = false;
    if (act.verdict == "corrected") {
      fact.net = act.net;
      fact.counts = fact.counts && act.net && *act.net > Duration{};
    }
  }
}

}  // namespace

Result<void> set_fact_state(Database& store, const std::string& id, std::string_view state) {
  return store.execute("UPDATE facts SET state = ? WHERE id = ?", state, id);
}

Result<void> insert_fact(Database& store, AccountabilityFact fact) {
  auto next = store.query("SELECT coalesce(max(seq), 0) + 1 FROM facts");
  CS_TRY(const bool found, next.step());
  const std::int64_t seq = found ? next.integer(0) : 1;
  next.restart();
  CS_CHECK(store.execute(
      "INSERT INTO facts (seq, id, kind, rule_version, state, campaign, tbl, department, person,"
      " due, happened, raw, net, count, counts, after, early, excused_by, rule)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      seq, fact.id, fact.kind, fact.rule_version, fact.state, fact.campaign, fact.table,
      fact.department, fact.person, fact.due, fact.happened, fact.raw, fact.net, fact.count,
      fact.counts, fact.after, fact.early, fact.excused_by, fact.rule));
  for (const auto entry : fact.entries) CS_CHECK(store.execute(kAddEntry, seq, 0, entry));
  for (std::size_t i = 0; i < fact.charges.size(); ++i) {
    CS_CHECK(insert_charge(store, seq, i + 1, fact.charges[i]));
  }
  return {};
}

Result<void> insert_charge(Database& store, std::int64_t seq, std::size_t position,
                           const Charge& charge) {
  CS_CHECK(
      store.execute("INSERT INTO charges (fact, position, tbl, department, kind, from_at, to_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    seq, position, charge.table, charge.department, charge.kind, charge.from,
                    charge.to));
  for (const auto entry : charge.entries) {
    CS_CHECK(store.execute(kAddEntry, seq, 0, entry));
    CS_CHECK(store.execute(kAddEntry, seq, position, entry));
  }
  return {};
}

Result<std::vector<Charge>> read_charges(Database& store, std::int64_t seq) {
  std::vector<Charge> charges;
  auto query = store.query(
      "SELECT position, tbl, department, from_at, to_at, kind FROM charges WHERE fact = ?"
      " ORDER BY position");
  query.bind(seq);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return charges;
    Charge charge{query.string(1),  query.string(2), query.instant(3),
                  query.instant(4), {},              query.string(5)};
    CS_TRY(charge.entries, read_entries(store, seq, query.integer(0)));
    charges.push_back(std::move(charge));
  }
}

Result<AccountabilityFact> read_fact(Database& store, const Query& query) {
  const std::int64_t seq = query.integer(0);
  AccountabilityFact fact;
  fact.id = query.string(1);
  fact.kind = query.string(2);
  fact.rule_version = static_cast<std::uint32_t>(query.integer(3));
  fact.state = query.string(4);
  fact.campaign = query.string(5);
  fact.table = query.string(6);
  fact.department = query.string(7);
  fact.person = query.string(8);
  fact.due = query.maybe_instant(9);
  fact.happened = query.maybe_instant(10);
  fact.raw = maybe_duration(query, 11);
  fact.computed_net = fact.net = maybe_duration(query, 12);
  fact.count = static_cast<std::uint32_t>(query.integer(13));
  fact.counts = query.integer(14) != 0;
  fact.after = query.string(15);
  fact.early = maybe_duration(query, 16);
  fact.excused_by = query.string(17);
  fact.rule = query.string(18);
  CS_TRY(fact.entries, read_entries(store, seq, 0));
  CS_TRY(fact.acts, read_acts(store, fact.id));
  apply_acts(fact);
  CS_TRY(fact.charges, read_charges(store, seq));
  return fact;
}

}  // namespace countersign::projections
