// Background threads: threads that take the processor time which others leave (Linux SCHED_IDLE),
// until somebody waits for what they do. On a machine of few processors a thread that computes for
// long holds up those that answer people: the kernel takes a processor from it only at the end of a
// slice of some milliseconds, but from one that takes what is left at once.
//
// Only where the process may also take that back (RLIMIT_NICE of 20, systemd's LimitNICE=+0, or
// CAP_SYS_NICE); elsewhere they run as all other threads do.
//
// Thread safety: all functions from any thread.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include <sys/types.h>

namespace countersign::projections {

class BackgroundThreads {
 public:
  // The calling thread is one of them, as long as this lives.
  class Member {
   public:
    explicit Member(BackgroundThreads& threads);
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    ~Member();

   private:
    BackgroundThreads& threads_;
  };

  // Somebody waits: as long as one lives they are as urgent as all others, whatever is told them.
  class Urgency {
   public:
    explicit Urgency(BackgroundThreads& threads);
    Urgency(const Urgency&) = delete;
    Urgency& operator=(const Urgency&) = delete;
    ~Urgency();

   private:
    BackgroundThreads& threads_;
  };

  // They take what is left from now on; nothing while there is an Urgency.
  void relax();
  // They are as urgent as all others again; so they begin.
  void hurry();

 private:
  void set(bool relaxed);  // REQUIRES: mutex_ held

  std::atomic<bool> relaxed_{false};  // written under mutex_
  std::mutex mutex_;
  int urgencies_ = 0;           // guarded by mutex_, as is threads_
  std::vector<pid_t> threads_;
};

}  // namespace countersign::projections
