#include "ledger/log/size_signal.h"

#include <algorithm>
#include <utility>

namespace countersign::ledger {

SizeSignal::Announced::Announced(SizeSignal& signal, std::shared_ptr<Announcement> announcement)
    : signal_(signal), announcement_(std::move(announcement)) {
  {
    const std::lock_guard lock(signal_.mutex_);
    signal_.announced_ = announcement_;
  }
  signal_.grown_.notify_all();
}

SizeSignal::Announced::~Announced() {
  bool durable = false;
  {
    const std::lock_guard lock(signal_.mutex_);
    signal_.announced_.reset();
    durable = signal_.size_ >= announcement_->end();
  }
  announcement_->settle(durable);
}

TreeSize SizeSignal::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

TreeSize SizeSignal::foreseen() const {
  return announced_ == nullptr ? size_ : std::max(size_, announced_->end());
}

std::shared_ptr<const Announcement> SizeSignal::announced() const {
  const std::lock_guard lock(mutex_);
  return announced_;
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

bool SizeSignal::wait_for_foreseen(TreeSize at_least, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  grown_.wait_for(lock, timeout, [&] { return interrupted_ || foreseen() >= at_least; });
  return foreseen() >= at_least;
}

void SizeSignal::interrupt() {
  {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  grown_.notify_all();
}

}  // namespace countersign::ledger
