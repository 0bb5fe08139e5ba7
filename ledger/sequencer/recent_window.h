// RecentWindow: what was appended lately, in memory, so that the sequencer can tell whether a
// prepared command has gone stale without reading from disk. Covers everything from floor() on;
// a command prepared before the floor must be prepared again.
//
// Thread safety: the sequencer thread.
#pragma once

#include "ledger/log/event_log.h"

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

namespace countersign::ledger {

class RecentWindow {
 public:
  // Nothing before `size` is covered.
  explicit RecentWindow(TreeSize size) : floor_(size) {}

  TreeSize floor() const { return floor_; }

  // Whether a row of these, all of one table, may have changed since they were prepared, when the
  // log had `prepared_at` entries. `previous`: their last changes then. REQUIRES: prepared_at is
  // not below the floor.
  bool changed(std::span<const StoredRowHead> rows,
               std::span<const std::optional<LeafIndex>> previous, TreeSize prepared_at) const;
  const CommandRecord* command(const std::string& command_id) const;

  // The rows of one entry, all of one table. Of many no names are kept: every command on the table
  // that was prepared before then is prepared again, and an import costs the sequencer nothing.
  void add_rows(std::span<const StoredRowHead> rows);
  // One that may come again. Its tree size may be unknown yet: 0 until settle().
  void add_command(const CommandRecord& record);
  // The tree size of the commands added since the last call.
  void settle(TreeSize size);
  // Forgets the oldest until at most `kItemsMax` are left.
  void trim();

  static constexpr std::size_t kItemsMax = 1 << 17;
  static constexpr std::size_t kNamedRowsMax = 100;  // of one entry

 private:
  // Sizes of the log right after a change, 0 before the first.
  struct Table {
    TreeSize any = 0;   // of any row
    TreeSize many = 0;  // of rows whose names are not kept
  };

  static std::string name_of(const StoredRowHead& row);

  TreeSize floor_;
  std::unordered_map<std::string, LeafIndex> rows_;
  std::unordered_map<std::string, Table> tables_;  // ever changed; there are some hundreds at most
  std::unordered_map<std::string, CommandRecord> commands_;
  // In order of index; names of rows and ids of commands that may be forgotten.
  std::deque<std::pair<LeafIndex, std::string>> row_order_;
  std::deque<std::pair<LeafIndex, std::string>> command_order_;
  std::size_t unsettled_ = 0;  // the last of command_order_
};

}  // namespace countersign::ledger
