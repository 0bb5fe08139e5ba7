// What the sequencer tells those who count. Implemented by api/telemetry; never affects a decision.
#pragma once

#include "ledger/base/error.h"
#include "ledger/domain/refusal.h"

#include <cstddef>

namespace countersign::ledger {

// All functions are called on the sequencer thread and must not block.
class SequencerObserver {
 public:
  virtual ~SequencerObserver() = default;
  // One group commit: commands and entries in it, and the seconds its synced write took.
  virtual void committed(std::size_t commands, std::size_t entries, double write_seconds) = 0;
  virtual void refused(RefusalCode code) = 0;
  // A group commit failed; with Errc::io the sequencer has stopped for good.
  virtual void failed(Errc code) = 0;
};

}  // namespace countersign::ledger
