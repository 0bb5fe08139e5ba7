// Admission: what every engine checks of a batch before it writes anything.
#pragma once

#include "ledger/log/event_log.h"

namespace countersign::ledger {

// `epoch` is of the last take-over, 0 if there was none; `size` is the log's.
//   Errc::fenced    the batch is of another epoch
//   Errc::conflict  the batch was made for another size
// Ends the process on a batch that no sequencer may make: a header over 65,535 bytes, a command
// that points outside the log, entries without a checkpoint.
Result<void> admit(const AppendBatch& batch, std::uint64_t epoch, TreeSize size);

}  // namespace countersign::ledger
