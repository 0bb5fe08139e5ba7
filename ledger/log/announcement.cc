#include "ledger/log/announcement.h"

#include <algorithm>
#include <utility>

namespace countersign::ledger {

Announcement::Announcement(LeafIndex first, std::span<const StoredEntry> entries, OpenPayload open)
    : first_(first), end_(first + entries.size()), open_(std::move(open)), entries_(entries) {}

Result<void> Announcement::scan(
    LeafIndex first, LeafIndex end,
    const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const {
  const LeafIndex stop = std::min(end, end_);
  for (LeafIndex index = std::max(first, first_); index < stop; ++index) {
    StoredEntry entry;
    {
      const std::lock_guard lock(mutex_);
      if (durable_) break;
      const StoredEntry& prepared = entries_[index - first_];
      CS_TRY(entry.payload, open_(prepared.payload));
      entry.header = prepared.header;
    }
    if (!visit(index, std::move(entry))) break;
  }
  return {};
}

bool Announcement::wait() const {
  std::unique_lock lock(mutex_);
  settled_.wait(lock, [this] { return durable_.has_value(); });
  return *durable_;
}

bool Announcement::withdrawn() const {
  const std::lock_guard lock(mutex_);
  return durable_ == false;
}

void Announcement::settle(bool durable) {
  {
    const std::lock_guard lock(mutex_);
    durable_ = durable;
    entries_ = {};
  }
  settled_.notify_all();
}

}  // namespace countersign::ledger
