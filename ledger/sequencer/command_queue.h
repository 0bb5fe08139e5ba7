// CommandQueue: where commands wait while the group before them is synced. Bounded: a full queue
// refuses at once, so that callers get an honest answer instead of a growing delay.
//
// Thread safety: push() and close() from any thread, take() from the sequencer.
#pragma once

#include "ledger/ledger.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace countersign::ledger {

struct QueuedCommand {
  VerifiedCommand command;
  std::function<void(Outcome)> done;
};

class CommandQueue {
 public:
  explicit CommandQueue(std::size_t commands_max) : commands_max_(commands_max) {}

  //   Errc::overloaded   full      Errc::unavailable   closed
  Result<void> push(QueuedCommand command);
  // Blocks until there is something, then returns all of it, in order. Empty: closed and drained.
  std::vector<QueuedCommand> take();
  // Refuses what comes from now on; what waits is still taken.
  void close();

 private:
  const std::size_t commands_max_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable filled_;
  std::vector<QueuedCommand> waiting_;
  bool closed_ = false;
};

}  // namespace countersign::ledger
