// RecentWindow: what was appended lately, in memory, so that the sequencer can tell whether a
// prepared command may have gone stale without reading from disk. It knows everything from floor()
// on; a command prepared before the floor must be prepared again.
//
// No names are kept. A row and a command id each have one of so many places, and a place knows the
// newest change of whatever shares it: of something unchanged it may say that it changed, and then
// the log tells, and never the other way round.
//
// Thread safety: the sequencer thread.
#pragma once

#include "ledger/log/event_log.h"

#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace countersign::ledger {

class RecentWindow {
 public:
  // Nothing before `size` is covered.
  explicit RecentWindow(TreeSize size);

  TreeSize floor() const { return floor_; }

  // Whether many rows at once changed of the table of this one, since the log had `prepared_at`
  // entries. REQUIRES: prepared_at is not below the floor.
  bool many_changed(const StoredRowHead& row, TreeSize prepared_at) const;
  // The first of these rows, all of one table, at or behind `from`, that may have changed since they
  // were prepared; as many as there are when none did. `previous`: the changes they were built on.
  // REQUIRES: as above.
  std::size_t find_changed(std::span<const StoredRowHead> rows,
                           std::span<const std::optional<LeafIndex>> previous,
                           TreeSize prepared_at, std::size_t from = 0) const;
  // Whether a command of this id may have been admitted since. REQUIRES: as above.
  bool came(std::string_view command_id, TreeSize prepared_at) const;

  // The rows of one entry, all of one table. Many are known by their table alone: every command on
  // it that was prepared before then is prepared again, and an import costs the sequencer nothing.
  void add_rows(std::span<const StoredRowHead> rows);
  void add_command(const CommandRecord& record);

  static constexpr std::size_t kNamedRowsMax = 100;  // of one entry

 private:
  // Sizes of the log right after a change, 0 before the first.
  class Places {
   public:
    explicit Places(std::size_t count) : sizes_(count) {}
    TreeSize& operator[](std::size_t hash) { return sizes_[hash % sizes_.size()]; }
    TreeSize operator[](std::size_t hash) const { return sizes_[hash % sizes_.size()]; }

   private:
    std::vector<TreeSize> sizes_;
  };

  TreeSize floor_;
  Places rows_;  // changed by name
  Places commands_;
  // Of which many rows changed at once, by the hash of their names; there are some hundreds.
  std::unordered_map<std::size_t, TreeSize> tables_;
};

}  // namespace countersign::ledger
