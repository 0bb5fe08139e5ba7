#include "ledger/sequencer/recent_window.h"

#include "ledger/log/key_schema.h"

#include <algorithm>

namespace countersign::ledger {

std::string RecentWindow::name_of(const StoredRowHead& row) {
  return row_key(row.campaign, row.table, row.key);
}

bool RecentWindow::changed(std::span<const StoredRowHead> rows,
                           std::span<const std::optional<LeafIndex>> previous,
                           TreeSize prepared_at) const {
  if (rows.empty()) return false;
  const auto table = tables_.find(table_prefix(rows.front().campaign, rows.front().table));
  if (table == tables_.end() || table->second.any <= prepared_at) return false;
  if (table->second.many > prepared_at) return true;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto found = rows_.find(name_of(rows[i]));
    if (found != rows_.end() && previous[i] != found->second) return true;
  }
  return false;
}

const CommandRecord* RecentWindow::command(const std::string& command_id) const {
  const auto found = commands_.find(command_id);
  return found == commands_.end() ? nullptr : &found->second;
}

void RecentWindow::add_rows(std::span<const StoredRowHead> rows) {
  if (rows.empty()) return;
  Table& table = tables_[table_prefix(rows.front().campaign, rows.front().table)];
  table.any = rows.front().head.index + 1;
  if (rows.size() > kNamedRowsMax) {
    table.many = table.any;
    return;
  }
  for (const StoredRowHead& row : rows) {
    std::string name = name_of(row);
    rows_[name] = row.head.index;
    row_order_.emplace_back(row.head.index, std::move(name));
  }
}

void RecentWindow::add_command(const CommandRecord& record) {
  commands_[record.command_id] = record;
  command_order_.emplace_back(record.first, record.command_id);
  ++unsettled_;
}

void RecentWindow::settle(TreeSize size) {
  for (auto at = command_order_.rbegin(); unsettled_ > 0; ++at, --unsettled_) {
    commands_.at(at->second).tree_size = size;
  }
}

void RecentWindow::trim() {
  while (row_order_.size() + command_order_.size() > kItemsMax) {
    const bool row_is_older =
        !row_order_.empty() &&
        (command_order_.empty() || row_order_.front().first <= command_order_.front().first);
    if (row_is_older) {
      const auto [index, name] = std::move(row_order_.front());
      row_order_.pop_front();
      // A later change of the same row keeps it.
      if (const auto found = rows_.find(name); found != rows_.end() && found->second == index) {
        rows_.erase(found);
      }
      floor_ = std::max(floor_, index + 1);
    } else {
      const auto [index, id] = std::move(command_order_.front());
      command_order_.pop_front();
      commands_.erase(id);
      floor_ = std::max(floor_, index + 1);
    }
  }
}

}  // namespace countersign::ledger
