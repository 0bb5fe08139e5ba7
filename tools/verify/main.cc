// countersign-verify: checks a log export offline. Links no database and no network code, so that
// it can be built and read by whoever doubts the rest.
#include "tools/verify/export_verifier.h"
#include "tools/verify/report.h"

#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
  using namespace countersign::tools;
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: countersign-verify EXPORT.ndjson [VERIFIER-KEY]\n";
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  if (!file) {
    std::cerr << "countersign-verify: cannot read " << argv[1] << "\n";
    return 2;
  }
  const auto report = verify_export(file, argc == 3 ? argv[2] : "", nullptr);
  if (!report) {
    std::cerr << "countersign-verify: " << report.error().detail << "\n";
    return 2;
  }
  std::cout << report_text(*report, argc == 3);
  return report->finding ? 1 : 0;
}
