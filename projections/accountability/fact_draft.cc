#include "projections/accountability/fact_draft.h"

#include "ledger/domain/event_codec.h"
#include "projections/tables/apply.h"
#include "projections/tables/schema.h"

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;

AccountabilityFact fact_of(const Step& step, const std::string& kind, const std::string& table,
                           const std::string& department) {
  AccountabilityFact fact;
  fact.id = kind + "-" + std::to_string(step.index());
  fact.kind = kind;
  fact.state = "open";
  fact.campaign = step.campaign;
  fact.table = table;
  fact.department = department;
  fact.happened = step.event.received_at;
  fact.entries = {step.index()};
  return fact;
}

Result<void> add_entries(Query query, std::vector<LeafIndex>& entries) {
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    if (!query.is_null(0)) entries.push_back(query.index(0));
  }
}

Result<std::optional<LastReturn>> last_return(const Step& step) {
  auto query = step.store.query(
      "SELECT idx, at, due, 1 FROM returns WHERE campaign = ?1 AND tbl = ?2 AND idx < ?3"
      " UNION ALL SELECT idx, at, due, charged FROM reopenings"
      " WHERE campaign = ?1 AND tbl = ?2 AND idx < ?3 ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(step.campaign, step.table, step.index()).step());
  if (!found) return std::optional<LastReturn>();
  return std::optional(
      LastReturn{query.index(0), query.instant(1), !query.is_null(2), query.integer(3) != 0});
}

Result<std::uint32_t> cells_changed(const Step& step) {
  auto edition = step.store.query("SELECT id FROM editions WHERE campaign = ? AND tbl = ?");
  CS_TRY(const bool known, edition.bind(step.campaign, step.table).step());
  std::uint32_t cells = 0;
  if (!known) return cells;
  for (const auto& row : step.rows.rows()) {
    CS_TRY(const auto before, cells_before(step.store, edition.integer(0), row.key.value,
                                           change_id(step.index(), row.item)));
    CS_TRY(const ledger::Cells after, ledger::decode_cells(row.cells));
    cells += static_cast<std::uint32_t>(
        changed_columns(before.value_or(ledger::Cells()), after).size());
  }
  return cells;
}

}  // namespace countersign::projections
