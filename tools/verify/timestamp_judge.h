// What time-stamp tokens of an outside authority (RFC 3161) say of a log, offline: that a signed
// checkpoint, and so every entry under it, existed at an instant that no operator could choose; and
// which entries claim a time of receipt that cannot be.
#pragma once

#include "ledger/base/time.h"
#include "ledger/crypto/timestamp.h"
#include "ledger/merkle/checkpoint.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace countersign::tools {

struct TimestampFiles {
  std::string name;        // of the token, for people
  std::string checkpoint;  // the note, exact bytes
  std::string reply;       // DER
  // DER; none: whether it answers it is not judged.
  std::optional<std::string> request{};
};

struct StampedCheckpoint {
  std::string name;
  ledger::Checkpoint checkpoint;
  ledger::TimestampInfo info;
};

// `authorities`: PEM of those whom the reader trusts to vouch for an authority. `key`: the log's
// vkey; empty: whether the log signed the checkpoint is not judged.
//   Errc::malformed      one of them is not what it should be
//   Errc::unauthorized   the token does not hold, stamps something else, answers another request, or
//                        the key did not sign the checkpoint
//   Errc::unavailable    the authority granted no token
ledger::Result<StampedCheckpoint> judge_timestamp(const TimestampFiles& files,
                                                  const std::string& authorities,
                                                  const std::string& key);

// For people.
std::string timestamp_text(const StampedCheckpoint& stamped, bool signature_checked);

// Which tokens are held against an export.
struct TimestampDemand {
  std::vector<TimestampFiles> tokens;
  std::string authorities;  // PEM
  bool asked() const { return !tokens.empty(); }
};
// All tokens of a directory as `countersign timestamp fetch` writes it: N.tsr with N.checkpoint and,
// where it is there, N.tsq; `authorities` is a file. An empty `directory` has none: the file brings
// its own.
//   Errc::not_found   a file is missing, or there is no token
//   Errc::malformed   larger than such files are
ledger::Result<TimestampDemand> timestamp_demand(const std::filesystem::path& directory,
                                                 const std::filesystem::path& authorities);

// Holds the times of receipt of a log's entries, in their order, against tokens.
//
// An entry under a stamped checkpoint was there when it was stamped: a later time of receipt is
// false. An entry that is not under it was not yet there when the service asked for the stamp, always
// with its newest checkpoint: a time of receipt well before is false too. "Well": an act may take
// kUnderWay from its receipt to its checkpoint and the stamp.
class ReceiptTimes {
 public:
  static constexpr ledger::Duration kUnderWay = ledger::Duration::seconds(600);

  explicit ReceiptTimes(std::vector<StampedCheckpoint> stamped);  // in any order

  // What is wrong with the next entry's time; none: nothing. REQUIRES: called for entry 0, 1, 2, …
  std::optional<std::string> judge(std::optional<ledger::Timestamp> received_at);

  // By tree size.
  const std::vector<StampedCheckpoint>& stamped() const { return stamped_; }

 private:
  std::vector<StampedCheckpoint> stamped_;
  std::vector<std::size_t> soonest_;  // [k]: of those from k on, the one with the earliest latest_of
  std::size_t next_ = 0;              // the first stamp that covers the entry
  std::optional<std::size_t> newest_before_;  // of the others, the one with the latest earliest_of
  ledger::LeafIndex entry_ = 0;
};

}  // namespace countersign::tools
