// SizeSignal: the log's size as readers see it, the wait for it to grow, and what is announced of
// how it will.
//
// Thread safety: all functions may be called from any thread; Announced and advance() are the
// writer's.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/log/announcement.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace countersign::ledger {

class SizeSignal {
 public:
  // Settles what it announces when it ends: the entries are durable if the size has come to their
  // end by then, and withdrawn if not.
  class Announced {
   public:
    Announced(SizeSignal& signal, std::shared_ptr<Announcement> announcement);
    Announced(const Announced&) = delete;
    Announced& operator=(const Announced&) = delete;
    ~Announced();

   private:
    SizeSignal& signal_;
    const std::shared_ptr<Announcement> announcement_;
  };

  explicit SizeSignal(TreeSize size = 0) : size_(size) {}

  TreeSize size() const;
  void advance(TreeSize size);
  // What is being written behind size(); nullptr: nothing that was announced.
  std::shared_ptr<const Announcement> announced() const;
  // Blocks until size() >= at_least; false on timeout or interruption.
  bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const;
  // As wait_for(), or until what is announced ends there or beyond.
  bool wait_for_foreseen(TreeSize at_least, std::chrono::milliseconds timeout) const;
  // Wakes all waiters, now and from now on.
  void interrupt();

 private:
  TreeSize foreseen() const;  // REQUIRES: mutex_ held

  mutable std::mutex mutex_;
  mutable std::condition_variable grown_;
  TreeSize size_;                                  // guarded by mutex_, as all below
  std::shared_ptr<const Announcement> announced_;
  bool interrupted_ = false;
};

}  // namespace countersign::ledger
