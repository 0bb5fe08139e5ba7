// The offline verifier on any row proof: a verdict, never an end.
#include "tests/fuzz/fuzz_target.h"
#include "tools/verify/row_proof_verifier.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto report = tools::verify_row_proof(input, "");
  if (!report) return;
  CS_ASSERT(!tools::row_proof_text(*report, false).empty());
  if (!report->verified.finding) {
    CS_ASSERT(!report->changes.empty());
    CS_ASSERT(report->changes.back().index < report->as_of);
  }
}

}  // namespace countersign::fuzz
