// What checkpoints say beside the log itself: how many witnesses cosigned one, and whether two of
// them show two histories of one log.
#pragma once

#include "ledger/base/result.h"
#include "ledger/merkle/checkpoint.h"

#include <cstddef>
#include <string>
#include <vector>

namespace countersign::tools {

// The checkpoint in what somebody kept: a checkpoint, a tlog-proof or a receipt, which end in one, or
// what a witness keeps as evidence, which begins with a line of its own. Not judged; anything else is
// given back as it is.
std::string checkpoint_in(const std::string& kept);

// Whose cosignatures a reader asks for.
struct WitnessDemand {
  std::vector<std::string> vkeys;
  std::size_t at_least = 0;  // of them
  bool asked() const { return at_least > 0; }
};
// One --witness each, and --witnesses; without the number all of them.
//   Errc::malformed   not a witness's key, or more are asked for than named
ledger::Result<WitnessDemand> witness_demand(std::vector<std::string> vkeys, std::size_t at_least);

// The names of those witnesses that cosigned the checkpoint.
//   Errc::unauthorized   fewer than asked for, or a cosignature of one of them does not verify
//   Errc::malformed
ledger::Result<std::vector<std::string>> judge_cosignatures(const std::string& checkpoint,
                                                            const WitnessDemand& demand);

enum class Comparison {
  same,     // one tree
  fork,     // one size, two roots: the log has two histories, whoever asks
  unknown,  // of two sizes, which a consistency proof would have to connect
};
// Of two checkpoints, or what holds one (checkpoint_in). `key` is the log's vkey; empty: no
// signature is judged, so that a fork is only what the files say.
//   Errc::malformed      not a checkpoint, or of two origins
//   Errc::unauthorized   the key did not sign both
ledger::Result<Comparison> compare_checkpoints(const std::string& a, const std::string& b,
                                               const std::string& key);

// For people.
std::string comparison_text(Comparison found, bool signatures_checked);

}  // namespace countersign::tools
