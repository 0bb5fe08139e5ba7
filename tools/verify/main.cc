// countersign-verify: checks a log export or a pack of evidence offline. Links no database and no
// network code, so that it can be built and read by whoever doubts the rest.
#include "tools/verify/export_verifier.h"
#include "tools/verify/pack_verifier.h"
#include "tools/verify/report.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
  using namespace countersign;
  using namespace countersign::tools;
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: countersign-verify EXPORT.ndjson|PACK.json [VERIFIER-KEY]\n";
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  if (!file) {
    std::cerr << "countersign-verify: cannot read " << argv[1] << "\n";
    return 2;
  }
  const std::string key = argc == 3 ? argv[2] : "";
  const auto report = [&]() -> ledger::Result<VerifyReport> {
    if (!is_pack(file)) return verify_export(file, key, nullptr);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    CS_TRY(auto pack, verify_pack(text, key));
    return std::move(pack.verified);
  }();
  if (!report) {
    std::cerr << "countersign-verify: " << report.error().detail << "\n";
    return 2;
  }
  std::cout << report_text(*report, argc == 3);
  return report->finding ? 1 : 0;
}
