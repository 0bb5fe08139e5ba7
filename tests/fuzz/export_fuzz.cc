// The offline verifier on any file: a verdict, never an end.
#include "tests/fuzz/fuzz_target.h"
#include "tools/verify/export_verifier.h"

#include <sstream>

namespace countersign::fuzz {

void run(std::string_view input) {
  std::istringstream file{std::string(input)};
  const auto report = tools::verify_export(file, "", {});
  if (report && !report->finding) CS_ASSERT(report->entries > 0 || report->items == 0);
}

}  // namespace countersign::fuzz
