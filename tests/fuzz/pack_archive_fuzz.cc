// The offline verifier on any ZIP: a verdict, never an end.
#include "ledger/base/zip_archive.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/verify/pack_archive_verifier.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  constexpr ledger::ArchiveLimits kLimits{100, 1 << 20, 4 << 20};
  const auto files = ledger::read_zip(input, kLimits);
  if (files && !files->empty()) {
    // What was read is written and read the same.
    for (const auto& [name, bytes] : *files) CS_ASSERT(ledger::is_archive_name(name));
    const auto again = ledger::read_zip(ledger::write_zip(*files), kLimits);
    CS_ASSERT(again && *again == *files);
  }
  const auto report = tools::verify_pack_archive(input, "");
  if (!report) return;
  CS_ASSERT(!tools::pack_archive_text(*report, false).empty());
  if (!report->pack.verified.finding) CS_ASSERT(report->files >= 2);
}

}  // namespace countersign::fuzz
