#include "projections/carry_forward/apply.h"

#include "ledger/base/bytes.h"
#include "ledger/domain/event_codec.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"

namespace countersign::projections {

using ledger::Cells;
using ledger::Result;

namespace {

bool has_value(const Cells& cells, const std::string& column) {
  const auto cell = cells.find(column);
  return cell != cells.end() && cell->second.has_value();
}

Result<void> record_source(const Step& step, const ledger::CarrySource& from) {
  Database& store = step.store;
  auto known = store.query("SELECT 1 FROM carried_tables WHERE campaign = ? AND tbl = ?");
  CS_TRY(const bool later, known.bind(step.campaign, step.table).step());
  if (later) return {};  // the first entry of several said the same
  CS_CHECK(store.execute(
      "INSERT INTO carried_tables (campaign, tbl, idx, at, from_campaign, from_tbl, from_version,"
      " from_hash, left_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      step.campaign, step.table, step.index(), step.event.received_at, from.campaign, from.table,
      from.version.number, ledger::to_hex(from.version.hash), from.left_out));
  constexpr std::string_view kColumn =
      "INSERT INTO carried_columns (campaign, tbl, col, new, unfit) VALUES (?, ?, ?, ?, ?)";
  for (const auto& column : from.new_items) {
    CS_CHECK(store.execute(kColumn, step.campaign, step.table, column, 1, 0));
  }
  for (const auto& [column, cells] : from.unfit) {
    CS_CHECK(store.execute(kColumn, step.campaign, step.table, column, 0, cells));
  }
  return {};
}

Result<void> bring(const Step& step, const ledger::RowsChanged& event, std::int64_t edition) {
  CS_CHECK(record_source(step, *event.carried));
  CS_CHECK(step.store.execute("INSERT INTO carried_entries (idx) VALUES (?)", step.index()));
  const auto* table = step.definition()->table(event.table);
  auto insert = step.store.query(
      "INSERT OR REPLACE INTO carried_rows (edition, key, change, cells, missing, state, idx, bulk,"
      " changed) VALUES (?, ?, ?, ?, ?, 'untouched', ?, 0, 0)");
  for (const auto& row : step.rows.rows()) {
    const std::uint64_t change = change_id(step.index(), row.item);
    CS_TRY(const Cells brought, ledger::decode_cells(row.cells));
    std::uint64_t cells = 0;
    std::uint64_t missing = 0;
    for (const auto& column : table->columns) {
      if (has_value(brought, column.key)) {
        ++cells;
      } else if (column.required) {
        ++missing;
      }
    }
    insert.restart();
    CS_CHECK(insert.bind(edition, row.key, change, cells, missing, step.index()).run());
  }
  return {};
}

// What the row said when it was brought over; nothing when that was erased.
Result<Cells> cells_brought(Database& store, std::uint64_t change) {
  auto query = store.query("SELECT cells FROM row_changes WHERE id = ?");
  CS_TRY(const bool found, query.bind(change).step());
  if (!found) return Cells();
  return ledger::decode_cells(query.text(0));
}

Result<void> touch(const Step& step, std::int64_t edition) {
  auto brought = step.store.query("SELECT change FROM carried_rows WHERE edition = ? AND key = ?");
  auto update = step.store.query(
      "UPDATE carried_rows SET state = ?, idx = ?, bulk = 0, missing = 0, changed = ?"
      " WHERE edition = ? AND key = ?");
  for (const auto& row : step.rows.rows()) {
    brought.restart();
    CS_TRY(const bool found, brought.bind(edition, row.key).step());
    if (!found) continue;  // new
    CS_TRY(const Cells before, cells_brought(step.store, brought.index(0)));
    CS_TRY(const Cells after, ledger::decode_cells(row.cells));
    const std::uint64_t changed = changed_columns(before, after).size();
    update.restart();
    CS_CHECK(
        update.bind(row.removed ? "removed" : "changed", step.index(), changed, edition, row.key)
            .run());
  }
  return {};
}

Result<void> change_rows(const Step& step, const ledger::RowsChanged& event) {
  const auto* task = step.task();
  if (task == nullptr || !task->carried || step.definition() == nullptr) return {};
  CS_TRY(const Edition edition, find_edition(step.store, step.campaign, step.table));
  return event.carried ? bring(step, event, edition.id) : touch(step, edition.id);
}

Result<void> confirm(const Step& step, const ledger::RowsConfirmed& event) {
  CS_TRY(const Edition edition, find_edition(step.store, step.campaign, step.table));
  auto update = step.store.query(
      "UPDATE carried_rows SET state = 'confirmed', idx = ?, bulk = ?"
      " WHERE edition = ? AND key = ? AND state = 'untouched'");
  for (const auto& row : event.rows) {
    update.restart();
    CS_CHECK(update.bind(step.index(), event.bulk, edition.id, row).run());
  }
  return {};
}

}  // namespace

Result<void> apply_carry_forward(const Step& step) {
  return std::visit(
      Overloaded{[&](const ledger::RowsChanged& e) -> Result<void> { return change_rows(step, e); },
                 [&](const ledger::RowsConfirmed& e) -> Result<void> { return confirm(step, e); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
