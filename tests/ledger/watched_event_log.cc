#include "tests/ledger/watched_event_log.h"

namespace countersign::ledger {

void WatchedEventLog::hold() {
  const std::lock_guard lock(mutex_);
  hold_ = true;
}

void WatchedEventLog::wait_until_held() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return held_; });
}

void WatchedEventLog::release() {
  const std::lock_guard lock(mutex_);
  hold_ = false;
  changed_.notify_all();
}

void WatchedEventLog::fail_append(std::size_t number, AppendFault fault) {
  const std::lock_guard lock(mutex_);
  faults_[number] = fault;
}

std::vector<std::size_t> WatchedEventLog::appended() const {
  const std::lock_guard lock(mutex_);
  return appended_;
}

std::set<LeafIndex> WatchedEventLog::read() const {
  const std::lock_guard lock(mutex_);
  return read_;
}

void WatchedEventLog::note_read(LeafIndex index) const {
  const std::lock_guard lock(mutex_);
  read_.insert(index);
}

Result<void> WatchedEventLog::append(const AppendBatch& batch) {
  {
    std::unique_lock lock(mutex_);
    appended_.push_back(batch.entries.size());
    held_ = hold_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !hold_; });
    held_ = false;
    const auto fault = faults_.find(appended_.size());
    if (fault != faults_.end()) log_->fail_next_append(fault->second);
  }
  return log_->append(batch);
}

Result<StoredEntry> WatchedEventLog::entry(LeafIndex index) const {
  note_read(index);
  return log_->entry(index);
}

Result<std::string> WatchedEventLog::header(LeafIndex index) const {
  note_read(index);
  return log_->header(index);
}

Result<void> WatchedEventLog::scan(
    LeafIndex first, LeafIndex end,
    const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const {
  return log_->scan(first, end, [&](LeafIndex index, StoredEntry&& entry) {
    note_read(index);
    return visit(index, std::move(entry));
  });
}

}  // namespace countersign::ledger
