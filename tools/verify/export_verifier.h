// Offline verification of a log export: needs the file and the log's verifier key, and no server,
// database or network. Format, one JSON object a line:
//
//   {"format":"countersign-export-1","origin":…,"verifier_key":…,"entries":N}
//   {"index":i,"leaf":hex,"header":text,"items":[{"salt":b64,"item":text} | {"leaf":hex}, …]}
//   {"tile":n,"width":w,"root":hex}     after every 256th entry, and after the last
//   {"checkpoint":note}                 last; of exactly N entries
//
// The leaf and tile lines prove nothing by themselves; they let damage be named where it is.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "tools/verify/checkpoint_judge.h"
#include "tools/verify/timestamp_judge.h"

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace countersign::tools {

struct VerifyReport {
  std::string origin;
  std::string verifier_key;
  ledger::TreeSize entries = 0;
  std::uint64_t items = 0;
  std::uint64_t withheld = 0;  // items shown as leaves only
  // Attestations and submissions of tables: whose hash was computed again from the items, and those
  // that could not be judged, because items of the table's rows are withheld.
  std::uint64_t statements = 0;
  std::uint64_t statements_unjudged = 0;
  // Those of the witnesses asked for that cosigned, and how many entries they cosigned.
  std::vector<std::string> witnesses;
  ledger::TreeSize cosigned = 0;
  // The tokens that it was held against, by size.
  std::vector<StampedCheckpoint> stamped;
  bool times_compared = false;  // false: a simulated ledger's times are its own
  // The first thing that does not hold; none: everything does.
  struct Finding {
    std::optional<ledger::LeafIndex> index;  // the first bad entry, if one can be named
    std::string what;
  };
  std::optional<Finding> finding;
};

// What is asked of an export beside that it verifies.
struct CosignedBy {
  WitnessDemand demand;
  // A cosigned checkpoint of the same log, of at most as many entries (GET
  // /log/cosigned-checkpoint); empty: the export's own checkpoint.
  std::string checkpoint;
};

// `trusted_key` is the log's vkey as the reader knows it from elsewhere; empty: the file's own,
// which proves only that the file agrees with itself. `progress(done, total)` is called now and
// then. What an entry states of all rows of a table is computed again from the items before it
// (table_statements.h), for which memory grows with the rows that ever were, and with nothing else
// in the file. With `timestamps` each stamped checkpoint is one of this log, and no entry's time of receipt
// contradicts a token.
//   Errc::malformed   not an export
ledger::Result<VerifyReport> verify_export(
    std::istream& file, const std::string& trusted_key,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress,
    const CosignedBy& cosigned = {}, const TimestampDemand& timestamps = {});

}  // namespace countersign::tools
