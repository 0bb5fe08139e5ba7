// Work in parts on several threads at once, for what one caller waits for: a sheet's rows, a
// payload's entries. Small work stays on the caller's thread.
#pragma once

#include <cstddef>
#include <functional>

namespace countersign::ledger {

// Calls work(0) to work(count - 1), each once, on this thread and on further ones, at most as many
// altogether as the machine has cores; returns when all are done. They are taken up in order, and
// several run at the same time. What one throws is thrown here, once none runs any more.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work);

// How many parts keep every core busy, when they are about equal.
std::size_t cores();

}  // namespace countersign::ledger
