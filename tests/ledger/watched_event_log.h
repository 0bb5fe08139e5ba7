// WatchedEventLog: passes everything to the engine it holds, counts what is read, and can hold an
// append back, so that a test decides which commands make one group.
//
// Thread safety: as EventLog; hold(), release() and the counters from any thread.
#pragma once

#include "ledger/log/memory_event_log.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace countersign::ledger {

class WatchedEventLog final : public EventLog {
 public:
  explicit WatchedEventLog(std::unique_ptr<MemoryEventLog> log) : log_(std::move(log)) {}

  MemoryEventLog& engine() { return *log_; }

  // The next append waits until release().
  void hold();
  // Returns once an append waits.
  void wait_until_held();
  void release();

  // What happens to the append of this number, from 1.
  void fail_append(std::size_t number, AppendFault fault);

  // Entries of each append that was tried, in order.
  std::vector<std::size_t> appended() const;
  // Entries whose header or payload was read.
  std::set<LeafIndex> read() const;

  Result<std::uint64_t> take_over() override { return log_->take_over(); }
  Result<void> append(const AppendBatch& batch) override;
  TreeSize size() const override { return log_->size(); }
  bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const override {
    return log_->wait_for(at_least, timeout);
  }
  void interrupt_waits() override { log_->interrupt_waits(); }
  Result<StoredEntry> entry(LeafIndex index) const override;
  Result<std::string> header(LeafIndex index) const override;
  Result<void> scan(LeafIndex first, LeafIndex end,
                    const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const override;
  Result<Hash> node(std::uint64_t id) const override { return log_->node(id); }
  Result<std::string> checkpoint(TreeSize size) const override { return log_->checkpoint(size); }
  Result<std::string> latest_checkpoint() const override { return log_->latest_checkpoint(); }
  Result<std::optional<CommandRecord>> command(std::string_view command_id) const override {
    return log_->command(command_id);
  }
  std::unique_ptr<RowView> row_view() const override { return log_->row_view(); }
  Result<std::optional<StateSnapshot>> snapshot() const override { return log_->snapshot(); }

 private:
  void note_read(LeafIndex index) const;

  const std::unique_ptr<MemoryEventLog> log_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  bool hold_ = false;
  bool held_ = false;
  std::map<std::size_t, AppendFault> faults_;
  std::vector<std::size_t> appended_;
  mutable std::set<LeafIndex> read_;
};

}  // namespace countersign::ledger
