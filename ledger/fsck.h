// fsck: checks a whole ledger from its bytes: every header hashes into the tree, every payload
// matches its commitment, indexes and instants never go back, every stored node and checkpoint is
// right, every row head of a table that entries changed is the last change of its row, every
// attestation and submission of a table has the hash of its rows, the record of every entry's
// command points at its entries, and the state snapshot equals the fold. Not looked for, as the log
// is not asked for it by name: the record of a command, and the rows of a table, of which there is
// no entry at all. Reports; never repairs.
#pragma once

#include "ledger/base/result.h"
#include "ledger/log/event_log.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

struct Finding {
  std::optional<LeafIndex> index;  // the entry concerned, if one is
  std::string what;                // a sentence without personal values
};

struct FsckReport {
  TreeSize entries = 0;
  std::uint64_t items = 0;
  std::uint64_t rows = 0;
  std::uint64_t commands = 0;
  // Attestations and submissions of tables: whose hash was computed again, and those that could not
  // be judged, because of some rows neither value nor key is left.
  std::uint64_t statements = 0;
  std::uint64_t statements_unjudged = 0;
  std::vector<Finding> findings;  // empty: all is right
};

// `verifier_key` is the log's vkey, or one that it had before its key was replaced. `progress` is called with (done, total) now and then.
//   Errc::malformed   not a vkey
//   Errc::io          the log cannot be read at all
Result<FsckReport> fsck(const EventLog& log, const std::string& verifier_key,
                        const std::function<void(TreeSize, TreeSize)>& progress);

}  // namespace countersign::ledger
