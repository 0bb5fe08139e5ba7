#include "projections/accountability/fact_draft.h"

#include "ledger/domain/row_text.h"
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
  auto last = step.store.query(
      "SELECT cells FROM row_changes WHERE edition = ? AND key = ? AND id < ?"
      " ORDER BY id DESC LIMIT 1");
  ledger::CellTexts room;
  const auto rows = step.rows.rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    last.restart();
    last.borrow(edition.integer(0), rows[i].key, change_id(step.index(), rows[i].item));
    CS_TRY(const bool any, last.step());
    std::span<const ledger::CellText> before;
    // A removed row has no text.
    if (any && !last.text(0).empty()) {
      CS_TRY(before, room.read(last.text(0)));
    }
    cells += static_cast<std::uint32_t>(count_changed(before, step.rows.cells(i)));
  }
  return cells;
}

}  // namespace countersign::projections
