#include "projections/evidence/coverage.h"

#include "projections/tables/apply.h"

namespace countersign::projections {

using ledger::Result;

namespace {

constexpr const char* kLackingMax = "100";

Result<std::uint64_t> number(Query query) {
  CS_TRY(const bool found, query.step());
  return found ? query.index(0) : std::uint64_t{0};
}

// Rows of the typed table `t` without standing evidence for a requirement.
std::string without(const std::string& what, const std::string& table) {
  return "SELECT " + what + " FROM " + table +
         " t WHERE NOT EXISTS (SELECT 1 FROM evidence_met m JOIN evidence e ON e.idx = m.idx"
         " WHERE m.campaign = ?1 AND m.requirement = ?2 AND m.row = t._key"
         " AND e.state = 'standing')";
}

}  // namespace

Result<EvidenceCoverage> load_coverage(Database& store, const std::string& campaign,
                                       const ledger::EvidenceRequirement& requirement) {
  EvidenceCoverage coverage;
  coverage.requirement = requirement;
  CS_TRY(
      coverage.standing,
      number(std::move(store
                           .query("SELECT count(DISTINCT m.idx) FROM evidence_met m JOIN evidence e"
                                  " ON e.idx = m.idx WHERE m.campaign = ? AND m.requirement = ?"
                                  " AND e.state = 'standing'")
                           .bind(campaign, requirement.id))));
  coverage.met = coverage.standing > 0;
  if (!requirement.per_row) return coverage;

  const std::string table = typed_table(campaign, requirement.table.value);
  CS_TRY(coverage.rows, number(store.query("SELECT count(*) FROM " + table)));
  CS_TRY(const std::uint64_t lacking,
         number(std::move(store.query(without("count(*)", table)).bind(campaign, requirement.id))));
  coverage.covered = coverage.rows - lacking;
  coverage.met = lacking == 0;
  auto query = store.query(without("t._key", table) + " ORDER BY t._key LIMIT " + kLackingMax);
  query.bind(campaign, requirement.id);
  CS_TRY(coverage.lacking, query.strings());
  return coverage;
}

}  // namespace countersign::projections
