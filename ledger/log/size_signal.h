// SizeSignal: the log's size as readers see it, and the wait for it to grow.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/ids.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace countersign::ledger {

class SizeSignal {
 public:
  explicit SizeSignal(TreeSize size = 0) : size_(size) {}

  TreeSize size() const;
  void advance(TreeSize size);
  // Blocks until size() >= at_least; false on timeout or interruption.
  bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const;
  // Wakes all waiters, now and from now on.
  void interrupt();

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable grown_;
  TreeSize size_;             // guarded by mutex_
  bool interrupted_ = false;  // guarded by mutex_
};

}  // namespace countersign::ledger
