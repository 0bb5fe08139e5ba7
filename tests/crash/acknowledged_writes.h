// AcknowledgedWrites: what the writers of a ledger that is being broken were told, held against the
// ledger afterwards. The one judge of every fault test: all that was acknowledged is there,
// verifies and is a past of the tree as it is now; every command is in the log once and whole; fsck
// finds nothing.
//
// Thread safety: keep(command, …) from any thread; everything else from one.
#pragma once

#include "tests/crash/crash_commands.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace countersign::testing {

struct Judgement {
  std::size_t receipts = 0;  // acknowledged and found whole
  std::size_t unknown = 0;   // commands without an answer, sent again
  std::size_t settled = 0;   // of these, those that were in the log already
  ledger::TreeSize entries = 0;
};

class AcknowledgedWrites {
 public:
  explicit AcknowledgedWrites(unsigned writers);

  // By writer: the number of the first command it has no acknowledgement of.
  const std::vector<std::uint64_t>& next() const { return next_; }
  std::size_t receipts() const { return kept_.size(); }

  // What crash_writer said, a line cut off at the end left out.
  //   Errc::corrupt   acknowledged out of order
  ledger::Result<void> keep(const std::string& lines);
  ledger::Result<void> keep(const CrashCommand& command, std::vector<KeptReceipt> receipts);

  // Every receipt's entry is still what it was; those from `first` on are judged whole.
  //   Errc::corrupt   one is lost or wrong
  ledger::Result<void> judge(const ledger::Ledger& ledger, std::size_t first) const;
  // All of it: sends the unknown commands again, which answers them, twice if they were applied.
  // Stops the ledger.
  //   Errc::corrupt   something is lost, doubled, or wrong
  ledger::Result<Judgement> judge_whole(ledger::Ledger& ledger);

 private:
  ledger::Result<void> judge_entries(const ledger::Ledger& ledger) const;

  std::mutex mutex_;  // of keep()
  std::vector<std::uint64_t> next_;
  std::vector<KeptReceipt> kept_;
};

}  // namespace countersign::testing
