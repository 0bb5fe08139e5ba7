// One door for every file that can be checked offline: a log export, a pack of evidence, alone or as
// a ZIP, or a row proof, told apart by the format that it names.
#pragma once

#include "tools/verify/export_verifier.h"
#include "tools/verify/pack_archive_verifier.h"
#include "tools/verify/row_proof_verifier.h"

#include <functional>
#include <istream>
#include <optional>
#include <string>

namespace countersign::tools {

struct FileReport {
  VerifyReport verified;
  std::optional<RowProofReport> row_proof;        // when it is one
  std::optional<PackArchiveReport> pack_archive;  // when it is one
  std::string text;                               // for people
};

// `trusted`, `progress`, `cosigned` and `timestamps` as for verify_export(). With `sm2_key`, a vkey,
// the checkpoint that everything stands under must bear a line of that key too.
//   Errc::malformed   none of these; or witnesses, checkpoints or timestamps are asked of a file
//                     that takes none
ledger::Result<FileReport> verify_file(
    std::istream& file, const TrustedKeys& trusted,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress,
    const CosignedBy& cosigned = {}, const TimestampDemand& timestamps = {},
    const std::string& sm2_key = {});

// A file of the log's keys (log_keys_verifier.h) is judged by itself, with at most a key from
// elsewhere: that none of these demands, which it cannot meet, is made of it.
//   Errc::malformed   one is
ledger::Result<void> demand_nothing_of_keys(const CosignedBy& cosigned,
                                            const TimestampDemand& timestamps,
                                            const std::string& sm2_key,
                                            const std::string& log_keys);

}  // namespace countersign::tools
