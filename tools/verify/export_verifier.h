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
#include "tools/verify/trusted_keys.h"

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace countersign::tools {

struct VerifyReport {
  std::string origin;
  std::string verifier_key;           // by which it was judged
  std::vector<std::string> log_keys;  // of an export: all that the log had, oldest first
  ledger::TreeSize entries = 0;
  std::uint64_t items = 0;
  std::uint64_t withheld = 0;  // items shown as leaves only
  std::uint64_t erased = 0;    // items that entries shown say were erased on an order
  // Of an export: sign-offs judged by the key that their person had then, and those not shown.
  std::uint64_t sign_offs = 0;
  std::uint64_t sign_offs_withheld = 0;
  // Attestations and submissions of tables: whose hash was computed again from the items, and those
  // that could not be judged, because items of the table's rows are withheld.
  std::uint64_t statements = 0;
  std::uint64_t statements_unjudged = 0;
  std::string checkpoint;      // the note that everything stands under
  bool sm2_line = false;       // it bears a valid line of the SM2 key that was asked for
  // Those of the witnesses asked for that cosigned, and of how many entries the checkpoint is that
  // they cosigned, or that was given.
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
  // A checkpoint of the same log, of at most as many entries, that somebody kept, alone or in a
  // receipt, or that witnesses cosigned (GET /log/cosigned-checkpoint): its entries must be the
  // export's first. None: the export's own checkpoint. An empty text is a checkpoint that does not
  // read, not one that was not given.
  std::optional<std::string> checkpoint{};
};

// `trusted` is the log's vkey as the reader knows it from elsewhere; empty: the file's own, which
// proves only that the file agrees with itself. Any key that the log had will do: the entries that
// replaced it lead from one to the next. `progress(done, total)` is called now and then. What an
// entry states of all rows of a table is computed again from the items before it
// (table_statements.h), for which memory grows with the rows that ever were, and with nothing else
// in the file. With `timestamps` each stamped checkpoint is one of this log, and no entry's time of receipt
// contradicts a token.
//   Errc::malformed   not an export
ledger::Result<VerifyReport> verify_export(
    std::istream& file, const TrustedKeys& trusted,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress,
    const CosignedBy& cosigned = {}, const TimestampDemand& timestamps = {});

}  // namespace countersign::tools
