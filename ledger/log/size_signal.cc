#include "ledger/log/size_signal.h"

namespace countersign::ledger {

TreeSize SizeSignal::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

void SizeSignal::advance(TreeSize size) {
  {
    const std::lock_guard lock(mutex_);
    size_ = size;
  }
  grown_.notify_all();
}

bool SizeSignal::wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  grown_.wait_for(lock, timeout, [&] { return interrupted_ || size_ >= at_least; });
  return size_ >= at_least;
}

void SizeSignal::interrupt() {
  {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  grown_.notify_all();
}

}  // namespace countersign::ledger
