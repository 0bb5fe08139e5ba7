// What decisions are made on, folded from the log: the newest snapshot, then the entries behind it.
#pragma once

#include "ledger/base/time.h"
#include "ledger/domain/state.h"
#include "ledger/log/event_log.h"

#include <optional>

namespace countersign::ledger {

struct FoldedState {
  State state;
  Timestamp last_sequenced;    // of the last entry
  TreeSize snapshot_size = 0;  // entries that came from the snapshot
};

// Reads a part of the log that does not grow with it. `simulated_start`: the clock of a log that is
// still empty; none: the system's.
//   Errc::corrupt   an entry does not decode      Errc::io
Result<FoldedState> load_state(const EventLog& log, std::optional<Timestamp> simulated_start);

}  // namespace countersign::ledger
