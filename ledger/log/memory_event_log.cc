#include "ledger/log/memory_event_log.h"

#include <algorithm>

namespace countersign::ledger {

namespace {
Error not_found(const char* what) { return {Errc::not_found, what}; }
}  // namespace

// A copy: rows of test ledgers are few, and a copy is surely consistent.
class MemoryEventLog::View final : public EventLog::RowView {
 public:
  View(TreeSize size, std::map<RowKeyText, RowHead> rows) : size_(size), rows_(std::move(rows)) {}

  TreeSize size() const override { return size_; }
  Result<std::optional<RowHead>> row(std::string_view campaign, std::string_view table,
                                     std::string_view key) const override {
    const auto found = rows_.find({std::string(campaign), std::string(table), std::string(key)});
    if (found == rows_.end()) return std::optional<RowHead>();
    return std::optional<RowHead>(found->second);
  }
  Result<void> scan(std::string_view campaign, std::string_view table,
                    const std::function<bool(std::string_view, const RowHead&)>& visit)
      const override {
    for (auto at = rows_.lower_bound({std::string(campaign), std::string(table), ""});
         at != rows_.end() && std::get<0>(at->first) == campaign && std::get<1>(at->first) == table;
         ++at) {
      if (!visit(std::get<2>(at->first), at->second)) break;
    }
    return {};
  }

 private:
  TreeSize size_;
  std::map<RowKeyText, RowHead> rows_;
};

void MemoryEventLog::fail_next_append(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
}

Result<std::uint64_t> MemoryEventLog::take_over() {
  const std::lock_guard lock(mutex_);
  poisoned_ = false;
  return ++epoch_;
}

Result<void> MemoryEventLog::append(const AppendBatch& batch) {
  const std::lock_guard lock(mutex_);
  if (poisoned_) return Error{Errc::io, "an earlier write failed; open the log again"};
  if (batch.epoch != epoch_) return Error{Errc::fenced, "another writer took over"};
  if (batch.expected_size != entries_.size()) {
    return Error{Errc::conflict, "the log has another size"};
  }
  const Fault fault = std::exchange(fault_, Fault::none);
  if (fault == Fault::no_space) return Error{Errc::unavailable, "nearly no space left"};
  if (fault != Fault::none) poisoned_ = true;
  if (fault == Fault::failed_not_persisted) return Error{Errc::io, "injected"};
  entries_.insert(entries_.end(), batch.entries.begin(), batch.entries.end());
  for (const StoredNode& node : batch.nodes) nodes_[node.id] = node.hash;
  for (const CommandRecord& record : batch.commands) commands_[record.command_id] = record;
  for (const StoredRowHead& row : batch.row_heads) {
    rows_[{row.campaign, row.table, row.key}] = row.head;
  }
  checkpoints_[entries_.size()] = batch.checkpoint;
  if (batch.snapshot) snapshot_ = batch.snapshot;
  grown_.notify_all();
  if (fault == Fault::failed_but_persisted) return Error{Errc::io, "injected"};
  return {};
}

TreeSize MemoryEventLog::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

bool MemoryEventLog::wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  const std::uint64_t before = interrupts_;
  grown_.wait_for(lock, timeout,
                  [&] { return entries_.size() >= at_least || interrupts_ != before; });
  return entries_.size() >= at_least;
}

void MemoryEventLog::interrupt_waits() {
  const std::lock_guard lock(mutex_);
  ++interrupts_;
  grown_.notify_all();
}

Result<StoredEntry> MemoryEventLog::entry(LeafIndex index) const {
  const std::lock_guard lock(mutex_);
  if (index >= entries_.size()) return not_found("no such entry");
  return entries_[index];
}

Result<std::string> MemoryEventLog::header(LeafIndex index) const {
  CS_TRY(StoredEntry stored, entry(index));
  return std::move(stored.header);
}

Result<void> MemoryEventLog::scan(
    LeafIndex first, LeafIndex end,
    const std::function<bool(LeafIndex, const StoredEntry&)>& visit) const {
  end = std::min(end, size());
  for (LeafIndex index = first; index < end; ++index) {
    CS_TRY(const StoredEntry stored, entry(index));
    if (!visit(index, stored)) break;
  }
  return {};
}

Result<Hash> MemoryEventLog::node(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return not_found("no such node");
  return found->second;
}

Result<std::string> MemoryEventLog::checkpoint(TreeSize size) const {
  const std::lock_guard lock(mutex_);
  const auto found = checkpoints_.find(size);
  if (found == checkpoints_.end()) return not_found("no checkpoint of that size");
  return found->second;
}

Result<std::string> MemoryEventLog::latest_checkpoint() const {
  const std::lock_guard lock(mutex_);
  if (checkpoints_.empty()) return not_found("the log is empty");
  return checkpoints_.rbegin()->second;
}

Result<std::optional<CommandRecord>> MemoryEventLog::command(std::string_view command_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = commands_.find(command_id);
  if (found == commands_.end()) return std::optional<CommandRecord>();
  return std::optional<CommandRecord>(found->second);
}

std::unique_ptr<EventLog::RowView> MemoryEventLog::row_view() const {
  const std::lock_guard lock(mutex_);
  return std::make_unique<View>(entries_.size(), rows_);
}

Result<std::optional<StateSnapshot>> MemoryEventLog::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

void MemoryEventLog::overwrite_entry(LeafIndex index, StoredEntry entry) {
  const std::lock_guard lock(mutex_);
  entries_.at(index) = std::move(entry);
}
void MemoryEventLog::overwrite_node(std::uint64_t id, const Hash& hash) {
  const std::lock_guard lock(mutex_);
  nodes_[id] = hash;
}
void MemoryEventLog::overwrite_checkpoint(TreeSize size, std::string note) {
  const std::lock_guard lock(mutex_);
  checkpoints_[size] = std::move(note);
}
void MemoryEventLog::overwrite_row_head(const StoredRowHead& row) {
  const std::lock_guard lock(mutex_);
  rows_[{row.campaign, row.table, row.key}] = row.head;
}
void MemoryEventLog::overwrite_command(const CommandRecord& record) {
  const std::lock_guard lock(mutex_);
  commands_[record.command_id] = record;
}
void MemoryEventLog::overwrite_snapshot(StateSnapshot snapshot) {
  const std::lock_guard lock(mutex_);
  snapshot_ = std::move(snapshot);
}

}  // namespace countersign::ledger
