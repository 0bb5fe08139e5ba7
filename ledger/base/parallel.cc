#include "ledger/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace countersign::ledger {

std::size_t cores() {
  static const std::size_t count = std::max(1u, std::thread::hardware_concurrency());
  return count;
}

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr thrown;  // guarded by mutex until all threads are joined
  const auto take = [&] {
    try {
      for (std::size_t one = next++; one < count; one = next++) work(one);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!thrown) thrown = std::current_exception();
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(count, cores()); ++i) others.emplace_back(take);
  take();
  for (std::jthread& one : others) one.join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace countersign::ledger
