#include "ledger/sequencer/command_queue.h"

#include <algorithm>
#include <iterator>

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

std::vector<QueuedCommand> CommandQueue::take(std::size_t count_max) {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
  if (waiting_.size() <= count_max) return std::exchange(waiting_, {});
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count_max);
  std::vector<QueuedCommand> taken(std::make_move_iterator(waiting_.begin()),
                                   std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
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
