// RecentWindow: what was appended lately, in memory, so that the sequencer can tell whether a
// prepared command has gone stale without reading from disk. Covers everything from floor() on;
// a command prepared before the floor must be prepared again.
//
// Thread safety: the sequencer thread.
#pragma once

#include "ledger/log/event_log.h"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace countersign::ledger {

class RecentWindow {
 public:
  // Nothing before `size` is covered.
  explicit RecentWindow(TreeSize size) : floor_(size) {}

  TreeSize floor() const { return floor_; }

  // The row's last change if it lies in the window.
  std::optional<LeafIndex> row(const StoredRowHead& row) const;
  const CommandRecord* command(const std::string& command_id) const;

  void add_row(const StoredRowHead& row);
  // Its tree size may be unknown yet: 0 until settle().
  void add_command(const CommandRecord& record);
  // The tree size of the commands added since the last call.
  void settle(TreeSize size);
  // Forgets the oldest until at most `kItemsMax` are left.
  void trim();

  static constexpr std::size_t kItemsMax = 1 << 17;

 private:
  static std::string name_of(const StoredRowHead& row);

  TreeSize floor_;
  std::unordered_map<std::string, LeafIndex> rows_;
  std::unordered_map<std::string, CommandRecord> commands_;
  // In order of index; names of rows and ids of commands that may be forgotten.
  std::deque<std::pair<LeafIndex, std::string>> row_order_;
  std::deque<std::pair<LeafIndex, std::string>> command_order_;
  std::size_t unsettled_ = 0;  // the last of command_order_
};

}  // namespace countersign::ledger
