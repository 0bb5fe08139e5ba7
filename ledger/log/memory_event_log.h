// MemoryEventLog: the event log in memory, for tests. What it stores outlives the object that
// wrote it, as a disk outlives a process: reopen() is the next process.
//
// Thread safety: as EventLog; fail_next_append() from any thread.
#pragma once

#include "ledger/log/event_log.h"
#include "ledger/log/size_signal.h"

#include <atomic>
#include <memory>
#include <optional>

namespace countersign::ledger {

// What happens to the next append.
enum class AppendFault : std::uint8_t {
  not_persisted,  // Errc::io, and the batch is gone
  persisted,      // Errc::io, though the batch is durable
  out_of_space,   // Errc::unavailable, nothing is written, the log stays usable
};

class MemoryEventLog final : public EventLog {
 public:
  MemoryEventLog();
  ~MemoryEventLog() override;
  // A healthy engine over the same stored bytes.
  std::unique_ptr<MemoryEventLog> reopen() const;

  // After a failure with Errc::io every later append fails too, until reopen().
  void fail_next_append(AppendFault fault);

  Result<std::uint64_t> take_over() override;
  Result<void> append(const AppendBatch& batch) override;
  TreeSize size() const override;
  bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const override;
  void interrupt_waits() override;
  Result<StoredEntry> entry(LeafIndex index) const override;
  Result<std::string> header(LeafIndex index) const override;
  Result<void> scan(LeafIndex first, LeafIndex end,
                    const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const override;
  Result<Hash> node(std::uint64_t id) const override;
  Result<std::string> checkpoint(TreeSize size) const override;
  Result<std::string> latest_checkpoint() const override;
  Result<std::optional<CommandRecord>> command(std::string_view command_id) const override;
  std::unique_ptr<RowView> row_view() const override;
  Result<std::optional<StateSnapshot>> snapshot() const override;

 private:
  struct Store;
  class View;
  explicit MemoryEventLog(std::shared_ptr<Store> store);

  const std::shared_ptr<Store> store_;
  std::uint64_t epoch_ = 0;  // of this object's take-over; guarded by the store's mutex
  SizeSignal signal_;
  std::atomic<bool> poisoned_ = false;
  std::atomic<std::optional<AppendFault>> fault_{};
};

}  // namespace countersign::ledger
