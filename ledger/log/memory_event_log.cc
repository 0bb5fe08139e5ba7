#include "ledger/log/memory_event_log.h"

#include "ledger/content/payload.h"
#include "ledger/log/admission.h"
#include "ledger/log/key_schema.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace countersign::ledger {

struct MemoryEventLog::Store {
  // All heads a row ever had, oldest first, each with the size of the log that it belongs to: a
  // view reads as of its size without copying anything.
  struct Version {
    TreeSize size;
    RowHead head;
  };
  using Rows = std::map<std::string, std::vector<Version>>;  // by encoded row key

  mutable std::shared_mutex mutex;  // guards everything below
  std::uint64_t epoch = 0;
  std::deque<StoredEntry> entries;
  std::unordered_map<std::uint64_t, Hash> nodes;
  std::map<TreeSize, std::string> checkpoints;
  std::unordered_map<std::string, CommandRecord> commands;
  Rows rows;
  std::optional<StateSnapshot> snapshot;

  // The payload records of the entries that an item is erased of, without it.
  Result<std::map<LeafIndex, std::string>> erased(const AppendBatch& batch) const {
    std::map<LeafIndex, std::string> records;
    for (const auto& [item, left] : batch.erased) {
      if (item.entry >= entries.size()) return Error{Errc::corrupt, "the log has no such entry"};
      auto& record = records.try_emplace(item.entry, entries[item.entry].payload).first->second;
      const ErasedPlace place{item.item, left};
      CS_TRY(record, without_items(record, {&place, 1}));
    }
    return records;
  }

  void write(const AppendBatch& batch, std::map<LeafIndex, std::string> records) {
    for (auto& [index, record] : records) entries[index].payload = std::move(record);
    entries.insert(entries.end(), batch.entries.begin(), batch.entries.end());
    for (const StoredNode& node : batch.nodes) nodes[node.id] = node.hash;
    for (const CommandRecord& command : batch.commands) commands[command.command_id] = command;
    for (const StoredRowHead& row : batch.row_heads) {
      rows[row_key(row.campaign, row.table, row.key)].push_back({entries.size(), row.head});
    }
    if (!batch.checkpoint.empty()) checkpoints[entries.size()] = batch.checkpoint;
    if (batch.snapshot) snapshot = batch.snapshot;
  }
};

class MemoryEventLog::View final : public EventLog::RowView {
 public:
  View(std::shared_ptr<const Store> store, TreeSize size) : store_(std::move(store)), size_(size) {}

  TreeSize size() const override { return size_; }

  Result<std::optional<RowHead>> row(std::string_view campaign, std::string_view table,
                                     std::string_view key) const override {
    const std::shared_lock lock(store_->mutex);
    const auto found = store_->rows.find(row_key(campaign, table, key));
    if (found == store_->rows.end()) return std::optional<RowHead>();
    return seen(found->second);
  }

  Result<void> scan(
      std::string_view campaign, std::string_view table,
      const std::function<bool(std::string_view, const RowHead&)>& visit) const override {
    const std::string prefix = table_prefix(campaign, table);
    std::vector<std::pair<std::string, RowHead>> heads;
    {
      const std::shared_lock lock(store_->mutex);
      for (auto row = store_->rows.lower_bound(prefix);
           row != store_->rows.end() && row->first.starts_with(prefix); ++row) {
        if (auto head = seen(row->second)) {
          heads.emplace_back(row->first.substr(prefix.size()), std::move(*head));
        }
      }
    }
    // Without the lock, so that `visit` may read the log again.
    for (const auto& [key, head] : heads) {
      if (!visit(key, head)) break;
    }
    return {};
  }

 private:
  std::optional<RowHead> seen(const std::vector<Store::Version>& versions) const {
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      if (version->size <= size_) return version->head;
    }
    return std::nullopt;
  }

  const std::shared_ptr<const Store> store_;
  const TreeSize size_;
};

MemoryEventLog::MemoryEventLog() : MemoryEventLog(std::make_shared<Store>()) {}
MemoryEventLog::MemoryEventLog(std::shared_ptr<Store> store)
    : store_(std::move(store)), signal_(store_->entries.size()) {}
MemoryEventLog::~MemoryEventLog() = default;

std::unique_ptr<MemoryEventLog> MemoryEventLog::reopen() const {
  const std::shared_lock lock(store_->mutex);
  return std::unique_ptr<MemoryEventLog>(new MemoryEventLog(store_));
}

void MemoryEventLog::fail_next_append(AppendFault fault) { fault_ = fault; }

Result<std::uint64_t> MemoryEventLog::take_over() {
  const std::unique_lock lock(store_->mutex);
  epoch_ = ++store_->epoch;
  return epoch_;
}

Result<void> MemoryEventLog::append(const AppendBatch& batch) {
  const Error unknown{Errc::io, "the log failed; what became of the last write is unknown"};
  if (poisoned_) return unknown;
  const std::optional<AppendFault> fault = fault_.exchange(std::nullopt);
  if (fault == AppendFault::out_of_space) return Error{Errc::unavailable, "no space left"};
  {
    const std::unique_lock lock(store_->mutex);
    CS_CHECK(admit(batch, epoch_ == store_->epoch ? epoch_ : 0, store_->entries.size()));
    CS_TRY(auto records, store_->erased(batch));
    if (fault != AppendFault::not_persisted) store_->write(batch, std::move(records));
    if (!fault) {
      signal_.advance(store_->entries.size());
      return {};
    }
  }
  poisoned_ = true;
  return unknown;
}

TreeSize MemoryEventLog::size() const { return signal_.size(); }

bool MemoryEventLog::wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const {
  return signal_.wait_for(at_least, timeout);
}

void MemoryEventLog::interrupt_waits() { signal_.interrupt(); }

Result<StoredEntry> MemoryEventLog::entry(LeafIndex index) const {
  if (index >= size()) return Error{Errc::not_found, "the log has no such entry"};
  const std::shared_lock lock(store_->mutex);
  return store_->entries[index];
}

Result<std::string> MemoryEventLog::header(LeafIndex index) const {
  CS_TRY(StoredEntry found, entry(index));
  return std::move(found.header);
}

Result<void> MemoryEventLog::scan(
    LeafIndex first, LeafIndex end,
    const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const {
  const LeafIndex stop = std::min(end, size());
  for (LeafIndex index = first; index < stop; ++index) {
    CS_TRY(StoredEntry found, entry(index));
    if (!visit(index, std::move(found))) break;
  }
  return {};
}

Result<Hash> MemoryEventLog::node(std::uint64_t id) const {
  const std::shared_lock lock(store_->mutex);
  const auto found = store_->nodes.find(id);
  if (found == store_->nodes.end()) return Error{Errc::not_found, "the tree has no such node"};
  return found->second;
}

Result<std::string> MemoryEventLog::checkpoint(TreeSize size) const {
  const std::shared_lock lock(store_->mutex);
  const auto found = store_->checkpoints.find(size);
  if (found == store_->checkpoints.end()) {
    return Error{Errc::not_found, "no checkpoint was signed at this size"};
  }
  return found->second;
}

Result<std::string> MemoryEventLog::latest_checkpoint() const {
  const std::shared_lock lock(store_->mutex);
  const auto beyond = store_->checkpoints.upper_bound(size());
  if (beyond == store_->checkpoints.begin()) return Error{Errc::not_found, "the log is empty"};
  return std::prev(beyond)->second;
}

Result<std::optional<CommandRecord>> MemoryEventLog::command(std::string_view command_id) const {
  const std::shared_lock lock(store_->mutex);
  const auto found = store_->commands.find(std::string(command_id));
  if (found == store_->commands.end()) return std::optional<CommandRecord>();
  return std::optional<CommandRecord>(found->second);
}

std::unique_ptr<EventLog::RowView> MemoryEventLog::row_view() const {
  const std::shared_lock lock(store_->mutex);
  return std::make_unique<View>(store_, size());
}

Result<std::optional<StateSnapshot>> MemoryEventLog::snapshot() const {
  const std::shared_lock lock(store_->mutex);
  return store_->snapshot;
}

}  // namespace countersign::ledger
