#include "tools/load/grow/sheet_model.h"

#include "tools/demo/plausible_values.h"

#include <algorithm>

namespace countersign::tools {

using ledger::Cells;
using ledger::Column;
using ledger::ColumnType;
using ledger::RowEdit;
using ledger::RowKey;

namespace {

constexpr std::size_t kSamplesMax = 64;
constexpr std::size_t kRowsKeptMin = 20;  // a table is not emptied
// Of a hundred edits.
constexpr std::size_t kNewRows = 3;
constexpr std::size_t kRemovals = 2;
constexpr std::size_t kOfBusyRows = 5;    // fall upon
constexpr std::size_t kBusyShare = 1000;  // one row in so many

bool is_text(const Column& column) {
  return column.type == ColumnType::text || column.type == ColumnType::long_text;
}

RowKey key_of(const ledger::TableDefinition& table, const Cells& cells) {
  Cells normal = cells;
  for (const std::string& name : table.key_columns) {
    normal[name] = ledger::normalise_cell(*table.column(name), normal.at(name).value_or("")).cell;
  }
  return ledger::row_key_of(table, normal);
}

}  // namespace

SheetModel::SheetModel(const ledger::TableDefinition& table, const std::vector<Cells>& rows)
    : table_(table), numbered_(nullptr) {
  for (const Column& column : table.columns) {
    const auto& key = table.key_columns;
    if (std::find(key.begin(), key.end(), column.key) == key.end()) {
      values_.push_back(&column);
    } else if (column.allowed.empty() && is_text(column) &&
               (column.max_characters == 0 || column.max_characters >= 10)) {
      numbered_ = &column;
    }
  }
  for (const Cells& cells : rows) keys_.push_back(key_of(table, cells));
  const std::size_t step = rows.size() / kSamplesMax + 1;
  for (std::size_t i = 0; i < rows.size(); i += step) samples_.push_back(rows[i]);
}

const RowKey& SheetModel::any_row(Random& random) const {
  std::size_t among = rows();
  if (below(random, 100) < kOfBusyRows) among = among / kBusyShare + 1;
  const std::size_t at = below(random, among);
  return at < keys_.size() ? keys_[at] : made_[at - keys_.size()];
}

std::string SheetModel::value(const Column& column, Random& random) const {
  if (!column.allowed.empty()) return column.allowed[below(random, column.allowed.size())];
  switch (column.type) {
    case ColumnType::integer:
      return std::to_string(below(random, 1000));
    case ColumnType::decimal:
      return std::to_string(below(random, 10'000)) + "." + std::to_string(1 + below(random, 9));
    case ColumnType::year:
      return std::to_string(1990 + below(random, 30));
    case ColumnType::month:
      return month(random, 2000, 20);
    case ColumnType::text:
    case ColumnType::long_text:
      break;
  }
  const auto& cells = samples_[below(random, samples_.size())];
  const auto found = cells.find(column.key);
  return found == cells.end() ? "" : found->second.value_or("");
}

void SheetModel::change(Cells& cells, std::size_t columns, Random& random) const {
  for (std::size_t i = 0; i < columns && !values_.empty(); ++i) {
    const Column& column = *values_[below(random, values_.size())];
    std::string text = value(column, random);
    if (text.empty()) continue;  // may be required
    cells[column.key] = std::move(text);
  }
}

std::optional<RowEdit> SheetModel::new_row(Random& random) {
  if (numbered_ == nullptr || samples_.empty()) return std::nullopt;
  RowEdit edit;
  edit.cells = samples_[below(random, samples_.size())];
  edit.cells[numbered_->key] = numbered("N", 6, made_.size() + 1);
  edit.key = key_of(table_, edit.cells);
  made_.push_back(*edit.key);
  return edit;
}

RowEdit SheetModel::edit(RowKey key, bool may_remove, Random& random) {
  const std::size_t draw = below(random, 100);
  if (draw < kNewRows) {
    if (auto made = new_row(random)) return std::move(*made);
  }
  RowEdit edit;
  edit.key = key;
  if (draw >= kNewRows && draw < kNewRows + kRemovals && may_remove &&
      keys_.size() > kRowsKeptMin) {
    if (const auto at = std::find(keys_.begin(), keys_.end(), key); at != keys_.end()) {
      *at = std::move(keys_.back());
      keys_.pop_back();
      edit.remove = true;
      return edit;
    }
  }
  edit.patch = true;
  change(edit.cells, 1 + below(random, 2), random);
  return edit;
}

}  // namespace countersign::tools
