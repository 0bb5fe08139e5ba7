#include "tools/verify/verify_file.h"

#include "tools/verify/report.h"

#include <iterator>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

Result<FileReport> verify_file(std::istream& file, const std::string& trusted_key,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress,
                               const CosignedBy& cosigned, const TimestampDemand& timestamps) {
  const bool trusted = !trusted_key.empty();
  const auto whole = [&file] { return std::string(std::istreambuf_iterator<char>(file), {}); };
  FileReport report;
  if (is_pack_archive(file)) {
    if (!cosigned.checkpoint.empty() || timestamps.asked()) {
      return Error{Errc::malformed, "a pack brings its checkpoint with it"};
    }
    CS_TRY(report.pack_archive, verify_pack_archive(whole(), trusted_key, cosigned.demand));
    report.verified = report.pack_archive->pack.verified;
    report.text = pack_archive_text(*report.pack_archive, trusted);
    return report;
  }
  const bool row_proof = is_row_proof(file);
  const bool pack = !row_proof && is_pack(file);
  if ((row_proof || pack) &&
      (cosigned.demand.asked() || !cosigned.checkpoint.empty() || timestamps.asked())) {
    return Error{Errc::malformed,
                 "witnesses, checkpoints and timestamps are not asked of such a file"};
  }
  if (row_proof) {
    CS_TRY(report.row_proof, verify_row_proof(whole(), trusted_key));
    report.verified = report.row_proof->verified;
    report.text = row_proof_text(*report.row_proof, trusted);
    return report;
  }
  if (pack) {
    CS_TRY(auto verified, verify_pack(whole(), trusted_key));
    report.verified = std::move(verified.verified);
  } else {
    CS_TRY(report.verified, verify_export(file, trusted_key, progress, cosigned, timestamps));
  }
  report.text = report_text(report.verified, trusted);
  return report;
}

}  // namespace countersign::tools
