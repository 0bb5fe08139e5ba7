#include "projections/background_threads.h"

#include <algorithm>
#include <thread>

#include <sched.h>
#include <unistd.h>

namespace countersign::projections {

namespace {

bool set_policy(pid_t thread, bool relaxed) {
  const sched_param none{};
  return sched_setscheduler(thread, relaxed ? SCHED_IDLE : SCHED_OTHER, &none) == 0;
}

// Whether a thread of this process gets out of it again; tried out on one that ends.
bool can_return() {
  static const bool can = [] {
    bool returned = false;
    std::thread([&returned] {
      const pid_t self = gettid();
      returned = set_policy(self, true) && set_policy(self, false);
    }).join();
    return returned;
  }();
  return can;
}

}  // namespace

BackgroundThreads::Member::Member(BackgroundThreads& threads) : threads_(threads) {
  const std::lock_guard lock(threads_.mutex_);
  threads_.threads_.push_back(gettid());
  // Also when it is not: a thread begins as the one that made it was then.
  set_policy(gettid(), threads_.relaxed_);
}

BackgroundThreads::Member::~Member() {
  const std::lock_guard lock(threads_.mutex_);
  std::erase(threads_.threads_, gettid());
}

BackgroundThreads::Urgency::Urgency(BackgroundThreads& threads) : threads_(threads) {
  const std::lock_guard lock(threads_.mutex_);
  ++threads_.urgencies_;
  threads_.set(false);
}

BackgroundThreads::Urgency::~Urgency() {
  const std::lock_guard lock(threads_.mutex_);
  --threads_.urgencies_;
}

void BackgroundThreads::relax() {
  if (relaxed_ || !can_return()) return;
  const std::lock_guard lock(mutex_);
  if (urgencies_ == 0) set(true);
}

void BackgroundThreads::hurry() {
  if (!relaxed_) return;
  const std::lock_guard lock(mutex_);
  set(false);
}

void BackgroundThreads::set(bool relaxed) {
  if (relaxed_ == relaxed) return;
  relaxed_ = relaxed;
  for (const pid_t thread : threads_) set_policy(thread, relaxed);
}

}  // namespace countersign::projections
