// Recovery: what a start must prove before it may sign again. Reads a bounded part of the log.
#pragma once

#include "ledger/log/event_log.h"
#include "ledger/merkle/compact_range.h"
#include "ledger/merkle/log_keys.h"

#include <optional>
#include <string>

namespace countersign::ledger {

struct RecoveredLog {
  CompactRange tree;       // the right edge, to append to
  std::string checkpoint;  // the newest one; empty for an empty log

  TreeSize size() const { return tree.size(); }
};

// Proves, in this order:
//   1. the newest checkpoint is signed by the key of its time and has the log's size;
//   2. at least the last 256 headers, from a tile border on, hash to the stored nodes;
//   3. those leaves and the stored nodes before them give the checkpoint's root.
//   Errc::corrupt   one does not hold; the detail says which and what to do
//   Errc::io        the log cannot be read
Result<RecoveredLog> recover(const EventLog& log, const LogKeys& keys);

// That the published checkpoint is signed by the key of its time and is a past of this log.
// REQUIRES: recover() has proved the log.
//   as recover()
Result<void> check_published(const EventLog& log, const LogKeys& keys,
                             const std::string& published);

}  // namespace countersign::ledger
