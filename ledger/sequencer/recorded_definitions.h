// The campaign definitions that a log recorded, for folding on from a snapshot, which names them by
// their entries.
#pragma once

#include "ledger/domain/state_codec.h"
#include "ledger/log/event_log.h"

namespace countersign::ledger {

// Reads with a thread a processor: after ten years there are ten, of thousands of columns each.
// `log` must outlive what is returned, which may be used from any thread.
//   Errc::corrupt   an entry asked for does not decode, or defines no campaign
//   Errc::not_found, Errc::io
DefinitionsOf recorded_definitions(const EventLog& log);

}  // namespace countersign::ledger
