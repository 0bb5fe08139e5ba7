#include "ledger/sequencer/recent_window.h"

#include <functional>

namespace countersign::ledger {

namespace {

// A command waits for some hundred others at most, so that one in a thousand shares a place with
// one of them.
constexpr std::size_t kRowPlaces = 1 << 16;
constexpr std::size_t kCommandPlaces = 1 << 16;

std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

std::size_t hash_of(std::size_t before, std::string_view text) {
  constexpr std::size_t kSpread = 0x9e3779b97f4a7c15;  // 2^64 by the golden ratio
  return before * kSpread + hash_of(text);
}

std::size_t table_of(const StoredRowHead& row) { return hash_of(hash_of(row.campaign), row.table); }

}  // namespace

RecentWindow::RecentWindow(TreeSize size)
    : floor_(size), rows_(kRowPlaces), commands_(kCommandPlaces) {}

bool RecentWindow::many_changed(const StoredRowHead& row, TreeSize prepared_at) const {
  const auto found = tables_.find(table_of(row));
  return found != tables_.end() && found->second > prepared_at;
}

std::size_t RecentWindow::find_changed(std::span<const StoredRowHead> rows,
                                       std::span<const std::optional<LeafIndex>> previous,
                                       TreeSize prepared_at, std::size_t from) const {
  if (rows.empty()) return 0;
  const std::size_t table = table_of(rows.front());
  for (std::size_t i = from; i < rows.size(); ++i) {
    const TreeSize after = rows_[hash_of(table, rows[i].key)];
    // The view that a command is built on may be younger than the size it names.
    if (after > prepared_at && !(previous[i] && *previous[i] + 1 == after)) return i;
  }
  return rows.size();
}

bool RecentWindow::came(std::string_view command_id, TreeSize prepared_at) const {
  return commands_[hash_of(command_id)] > prepared_at;
}

void RecentWindow::add_rows(std::span<const StoredRowHead> rows) {
  if (rows.empty()) return;
  const std::size_t table = table_of(rows.front());
  const TreeSize after = rows.front().head.index + 1;
  if (rows.size() > kNamedRowsMax) {
    tables_[table] = after;
    return;
  }
  for (const StoredRowHead& row : rows) rows_[hash_of(table, row.key)] = after;
}

void RecentWindow::add_command(const CommandRecord& record) {
  commands_[hash_of(record.command_id)] = record.first + 1;
}

}  // namespace countersign::ledger
