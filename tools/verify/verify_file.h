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

// `trusted_key`, `progress`, `cosigned` and `timestamps` as for verify_export().
//   Errc::malformed   none of these; or witnesses, checkpoints or timestamps are asked of a file
//                     that takes none
ledger::Result<FileReport> verify_file(
    std::istream& file, const std::string& trusted_key,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress,
    const CosignedBy& cosigned = {}, const TimestampDemand& timestamps = {});

}  // namespace countersign::tools
