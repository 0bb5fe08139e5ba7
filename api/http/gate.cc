#include "api/http/gate.h"

#include <algorithm>
#include <memory>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace countersign::api {

namespace asio = boost::asio;

namespace {

// A sheet of two bytes a row, into a table of thirty columns.
constexpr std::size_t kSwelling = 2048;

}  // namespace

std::size_t Gate::weight_of(std::size_t body_bytes) const {
  return body_bytes >= bytes_max_ / kSwelling ? bytes_max_ : body_bytes * kSwelling;
}

asio::awaitable<bool> Gate::enter(std::size_t weight) {
  // Named, because gcc 12 destroys a capturing lambda twice that stands in a co_await statement.
  auto initiate = [this, weight](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::make_work_guard(*shared);
    std::function<void(bool)> resume = [shared, work](bool entered) {
      asio::post(work.get_executor(), [shared, entered]() mutable { (*shared)(entered); });
    };
    bool entered = false;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty() && weight <= free_) {
        free_ -= weight;
        entered = true;
      } else if (waiting_.size() < waiting_max_) {
        waiting_.push_back({weight, std::move(resume)});
        return;
      }
    }
    resume(entered);
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
      initiate, asio::use_awaitable);
}

void Gate::leave(std::size_t weight) {
  std::deque<Waiting> next;
  {
    const std::lock_guard lock(mutex_);
    free_ += weight;
    while (!waiting_.empty() && waiting_.front().weight <= free_) {
      free_ -= waiting_.front().weight;
      next.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  for (const Waiting& one : next) one.resume(true);
}

void Gate::clear() {
  std::deque<Waiting> dropped;  // outside the lock: what goes with it may leave the gate
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(waiting_);
  }
}

}  // namespace countersign::api
