#include "ledger/sequencer/command_queue.h"

#include <utility>

namespace countersign::ledger {

Result<void> CommandQueue::push(QueuedCommand command) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Error{Errc::unavailable, "the ledger takes no more commands"};
    if (waiting_.size() >= commands_max_) return Error{Errc::overloaded, "the queue is full"};
    waiting_.push_back(std::move(command));
  }
  filled_.notify_one();
  return {};
}

std::vector<QueuedCommand> CommandQueue::take() {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
  auto taken = std::exchange(waiting_, {});
  // Commands are large, and as many will come while these are written.
  waiting_.reserve(taken.size());
  return taken;
}

void CommandQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_all();
}

}  // namespace countersign::ledger
