// The offline verifier on any pack: a verdict, never an end.
#include "tests/fuzz/fuzz_target.h"
#include "tools/verify/pack_verifier.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto report = tools::verify_pack(input, "");
  if (!report) return;
  CS_ASSERT(report->sha256.size() == 64);
  if (!report->verified.finding) CS_ASSERT(report->verified.entries > 0 || report->facts == 0);
}

}  // namespace countersign::fuzz
