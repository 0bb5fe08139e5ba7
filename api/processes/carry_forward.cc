#include "api/processes/carry_forward.h"

#include <algorithm>

namespace countersign::api {

using ledger::Cells;

namespace {

std::string source_of(const ledger::PreviousEdition::Table& mapping, const std::string& column) {
  for (const auto& one : mapping.columns) {
    if (one.column == column) return one.from;
  }
  return column;
}

}  // namespace

CarriedRows::CarriedRows(const ledger::TableDefinition& table,
                         const ledger::TableDefinition& previous,
                         const ledger::PreviousEdition::Table& mapping)
    : table_(table) {
  for (const auto& column : table.columns) {
    const std::string from = source_of(mapping, column.key);
    const bool known =
        std::ranges::any_of(previous.columns, [&](const auto& one) { return one.key == from; });
    if (known) {
      sources_[column.key] = from;
    } else {
      new_items_.push_back(column.key);
    }
  }
}

void CarriedRows::add(const Cells& cells) {
  ledger::RowEdit row;
  std::vector<std::string> unfit;
  for (const auto& column : table_.columns) {
    const auto source = sources_.find(column.key);
    if (source == sources_.end()) continue;
    const auto cell = cells.find(source->second);
    if (cell == cells.end() || !cell->second) continue;
    auto normal = ledger::normalise_cell(column, *cell->second);
    if (normal.problem) unfit.push_back(column.key);
    row.cells[column.key] = std::move(normal.cell);
  }
  const bool keyed = std::ranges::all_of(table_.key_columns, [&](const auto& column) {
    const auto cell = row.cells.find(column);
    return cell != row.cells.end() && cell->second;
  });
  // Of two rows that became one by their keys the first stays.
  if (!keyed || !keys_.insert(ledger::row_key_of(table_, row.cells).value).second) {
    ++left_out_;
    return;
  }
  for (const auto& column : unfit) ++unfit_[column];
  rows_.push_back(std::move(row));
}

std::vector<ledger::RowEdit> CarriedRows::take(ledger::CarrySource& source) {
  source.new_items = std::move(new_items_);
  source.unfit = std::move(unfit_);
  source.left_out = left_out_;
  return std::move(rows_);
}

}  // namespace countersign::api
