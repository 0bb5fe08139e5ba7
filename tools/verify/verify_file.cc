#include "tools/verify/verify_file.h"

#include "tools/verify/report.h"

#include <iterator>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

// What is amiss with the line of the SM2 key; none: it is there, and right.
std::optional<std::string> sm2_line_missing(const std::string& checkpoint,
                                            const ledger::NoteVerifier& key) {
  const auto opened = ledger::open_note(checkpoint, {&key, 1});
  if (opened) return std::nullopt;
  return "the checkpoint has no valid line of the SM2 key: " + opened.error().detail;
}

Result<FileReport> verify_whole_file(
    std::istream& file, const TrustedKeys& trusted,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress, const CosignedBy& cosigned,
    const TimestampDemand& timestamps, const std::string& sm2_key) {
  const auto whole = [&file] { return std::string(std::istreambuf_iterator<char>(file), {}); };
  std::optional<ledger::NoteVerifier> sm2;
  if (!sm2_key.empty()) {
    CS_TRY(sm2, ledger::NoteVerifier::from_sm2_vkey(sm2_key));
  }
  const auto judge_sm2 = [&sm2](VerifyReport& verified) {
    if (!sm2 || verified.finding) return;
    if (auto what = sm2_line_missing(verified.checkpoint, *sm2)) {
      verified.finding = {std::nullopt, std::move(*what)};
    }
    verified.sm2_line = !verified.finding;
  };
  FileReport report;
  if (is_pack_archive(file)) {
    if (cosigned.checkpoint || timestamps.asked()) {
      return Error{Errc::malformed, "a pack brings its checkpoint and its timestamps with it"};
    }
    CS_TRY(report.pack_archive, verify_pack_archive(whole(), trusted, cosigned.demand,
                                                    timestamps.authorities));
    judge_sm2(report.pack_archive->pack.verified);
    report.verified = report.pack_archive->pack.verified;
    report.text = pack_archive_text(*report.pack_archive, trusted.given());
    return report;
  }
  if (!timestamps.authorities.empty() && !timestamps.asked()) {
    return Error{Errc::malformed, "only a pack brings timestamps with it; others are given with "
                                  "--timestamps"};
  }
  const bool row_proof = is_row_proof(file);
  const bool pack = !row_proof && is_pack(file);
  if ((row_proof || pack) &&
      (cosigned.demand.asked() || cosigned.checkpoint || timestamps.asked())) {
    return Error{Errc::malformed,
                 "witnesses, checkpoints and timestamps are not asked of such a file"};
  }
  if (row_proof) {
    CS_TRY(report.row_proof, verify_row_proof(whole(), trusted));
    judge_sm2(report.row_proof->verified);
    report.verified = report.row_proof->verified;
    report.text = row_proof_text(*report.row_proof, trusted.given());
    return report;
  }
  if (pack) {
    CS_TRY(auto verified, verify_pack(whole(), trusted));
    report.verified = std::move(verified.verified);
  } else {
    CS_TRY(report.verified, verify_export(file, trusted, progress, cosigned, timestamps));
  }
  judge_sm2(report.verified);
  report.text = report_text(report.verified, trusted.given());
  return report;
}

}  // namespace

Result<void> demand_nothing_of_keys(const CosignedBy& cosigned, const TimestampDemand& timestamps,
                                    const std::string& sm2_key, const std::string& log_keys) {
  if (!cosigned.demand.asked() && !cosigned.checkpoint && timestamps.authorities.empty() &&
      sm2_key.empty() && log_keys.empty()) {
    return {};
  }
  return Error{Errc::malformed,
               "nothing but the log's key is asked of a file of its keys: no witnesses, checkpoints, "
               "timestamps or other keys"};
}

Result<FileReport> verify_file(std::istream& file, const TrustedKeys& trusted,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress,
                               const CosignedBy& cosigned, const TimestampDemand& timestamps,
                               const std::string& sm2_key) {
  CS_TRY(FileReport report,
         verify_whole_file(file, trusted, progress, cosigned, timestamps, sm2_key));
  if (report.verified.sm2_line) {
    report.text += "the checkpoint is signed with the SM2 key as well\n";
  }
  return report;
}

}  // namespace countersign::tools
