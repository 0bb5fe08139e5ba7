// The event log in memory: for tests, and for the sanitizers that cannot see into RocksDB.
// Behaves as the durable engine does, except that it forgets.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <tuple>
#include <vector>

#include "ledger/log/event_log.h"

namespace countersign::ledger {

class MemoryEventLog final : public EventLog {
 public:
  // What the next append does instead of succeeding; the halves of a failed sync, and a full disk.
  enum class Fault : std::uint8_t { none, failed_not_persisted, failed_but_persisted, no_space };
  void fail_next_append(Fault fault);

  Result<std::uint64_t> take_over() override;
  Result<void> append(const AppendBatch& batch) override;
  TreeSize size() const override;
  bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const override;
  void interrupt_waits() override;
  Result<StoredEntry> entry(LeafIndex index) const override;
  Result<std::string> header(LeafIndex index) const override;
  Result<void> scan(LeafIndex first, LeafIndex end,
                    const std::function<bool(LeafIndex, const StoredEntry&)>& visit) const override;
  Result<Hash> node(std::uint64_t id) const override;
  Result<std::string> checkpoint(TreeSize size) const override;
  Result<std::string> latest_checkpoint() const override;
  Result<std::optional<CommandRecord>> command(std::string_view command_id) const override;
  std::unique_ptr<RowView> row_view() const override;
  Result<std::optional<StateSnapshot>> snapshot() const override;

  // Damage for tests of fsck: replaces what is stored, as no writer ever does.
  void overwrite_entry(LeafIndex index, StoredEntry entry);
  void overwrite_node(std::uint64_t id, const Hash& hash);
  void overwrite_checkpoint(TreeSize size, std::string note);
  void overwrite_row_head(const StoredRowHead& head);
  void overwrite_command(const CommandRecord& record);
  void overwrite_snapshot(StateSnapshot snapshot);

 private:
  using RowKeyText = std::tuple<std::string, std::string, std::string>;
  class View;

  mutable std::mutex mutex_;  // guards everything below
  mutable std::condition_variable grown_;
  std::uint64_t epoch_ = 0;
  Fault fault_ = Fault::none;
  bool poisoned_ = false;
  std::uint64_t interrupts_ = 0;
  std::vector<StoredEntry> entries_;
  std::map<std::uint64_t, Hash> nodes_;
  std::map<TreeSize, std::string> checkpoints_;
  std::map<std::string, CommandRecord, std::less<>> commands_;
  std::map<RowKeyText, RowHead> rows_;
  std::optional<StateSnapshot> snapshot_;
};

}  // namespace countersign::ledger
