// Gate: how much memory the handling of request bodies may take at once. A body of few bytes can
// hold very many rows, each of which costs a kilobyte and more while it is compared, so what waits
// here is counted by what it may become, not by its bytes. Small requests pass side by side; the
// largest pass one by one, in the order they came.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

#include <boost/asio/awaitable.hpp>

namespace countersign::api {

class Gate {
 public:
  // `bytes_max` pass at once; beyond `waiting_max` that wait, more are turned away.
  Gate(std::size_t bytes_max, std::size_t waiting_max)
      : bytes_max_(bytes_max), waiting_max_(waiting_max), free_(bytes_max) {}

  // What a body may become in memory; what is beyond the gate counts as all of it.
  std::size_t weight_of(std::size_t body_bytes) const;

  // Resumes on the caller's executor, once there is room or at once with false: too many wait.
  boost::asio::awaitable<bool> enter(std::size_t weight);
  void leave(std::size_t weight);

  // Forgets who waits. To be called when no thread resumes them any more, before the executors go.
  void clear();

 private:
  struct Waiting {
    std::size_t weight;
    std::function<void(bool)> resume;
  };

  const std::size_t bytes_max_;
  const std::size_t waiting_max_;

  std::mutex mutex_;  // guards everything below
  std::size_t free_;
  std::deque<Waiting> waiting_;
};

// Leaves the gate when it goes.
class GatePass {
 public:
  GatePass(Gate& gate, std::size_t weight) : gate_(&gate), weight_(weight) {}
  GatePass(const GatePass&) = delete;
  GatePass& operator=(const GatePass&) = delete;
  ~GatePass() { gate_->leave(weight_); }

 private:
  Gate* gate_;
  std::size_t weight_;
};

}  // namespace countersign::api
