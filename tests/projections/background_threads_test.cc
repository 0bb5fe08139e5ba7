// Threads that take what others leave: what the kernel says of them.
#include "projections/background_threads.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace countersign::projections {
namespace {

// Runs until it is let go.
class Worker {
 public:
  explicit Worker(BackgroundThreads* threads)
      : thread_([this, threads] {
          std::optional<BackgroundThreads::Member> member;
          if (threads != nullptr) member.emplace(*threads);
          id_.set_value(gettid());
          end_.get_future().wait();
        }),
        thread_id_(id_.get_future().get()) {}
  ~Worker() {
    end_.set_value();
    thread_.join();
  }

  int policy() const { return sched_getscheduler(thread_id_); }

 private:
  std::promise<pid_t> id_;
  std::promise<void> end_;
  std::thread thread_;
  const pid_t thread_id_;
};

// Who may not come back does not go.
bool may_come_back() {
  rlimit limit{};
  EXPECT_EQ(getrlimit(RLIMIT_NICE, &limit), 0);
  return geteuid() == 0 || limit.rlim_cur >= 20;
}

TEST(BackgroundThreads, TakeWhatIsLeftUntilTheyHurry) {
  const int relaxed = may_come_back() ? SCHED_IDLE : SCHED_OTHER;
  BackgroundThreads threads;
  const Worker other(nullptr);
  const Worker before(&threads);
  EXPECT_EQ(before.policy(), SCHED_OTHER);
  threads.relax();
  EXPECT_EQ(before.policy(), relaxed);
  {
    const Worker later(&threads);
    EXPECT_EQ(later.policy(), relaxed);
    threads.hurry();
    EXPECT_EQ(later.policy(), SCHED_OTHER);
  }
  EXPECT_EQ(before.policy(), SCHED_OTHER);
  threads.relax();
  threads.relax();
  EXPECT_EQ(before.policy(), relaxed);
  EXPECT_EQ(other.policy(), SCHED_OTHER);
}

TEST(BackgroundThreads, AreNotRelaxedWhileSomethingIsUrgent) {
  const int relaxed = may_come_back() ? SCHED_IDLE : SCHED_OTHER;
  BackgroundThreads threads;
  const Worker worker(&threads);
  threads.relax();
  {
    const BackgroundThreads::Urgency urgency(threads);
    EXPECT_EQ(worker.policy(), SCHED_OTHER);
    {
      const BackgroundThreads::Urgency another(threads);
      threads.relax();
      EXPECT_EQ(worker.policy(), SCHED_OTHER);
    }
    threads.relax();
    EXPECT_EQ(worker.policy(), SCHED_OTHER);
  }
  threads.relax();
  EXPECT_EQ(worker.policy(), relaxed);
}

}  // namespace
}  // namespace countersign::projections
