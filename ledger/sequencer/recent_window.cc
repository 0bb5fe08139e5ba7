#include "ledger/sequencer/recent_window.h"

#include "ledger/log/key_schema.h"

#include <algorithm>

namespace countersign::ledger {

std::string RecentWindow::name_of(const StoredRowHead& row) {
  return row_key(row.campaign, row.table, row.key);
}

std::optional<LeafIndex> RecentWindow::row(const StoredRowHead& row) const {
  const auto found = rows_.find(name_of(row));
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

const CommandRecord* RecentWindow::command(const std::string& command_id) const {
  const auto found = commands_.find(command_id);
  return found == commands_.end() ? nullptr : &found->second;
}

void RecentWindow::add_row(const StoredRowHead& row) {
  std::string name = name_of(row);
  rows_[name] = row.head.index;
  row_order_.emplace_back(row.head.index, std::move(name));
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
