// countersign-verify: checks a log export, a pack of evidence or a row proof offline. Links no
// database and no network code, so that it can be built and read by whoever doubts the rest.
#include "tools/verify/verify_file.h"

#include <fstream>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  using namespace countersign::tools;
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: countersign-verify EXPORT.ndjson|PACK.json|PROOF.json [VERIFIER-KEY]\n";
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  if (!file) {
    std::cerr << "countersign-verify: cannot read " << argv[1] << "\n";
    return 2;
  }
  const std::string key = argc == 3 ? argv[2] : "";
  const auto report = verify_file(file, key, nullptr);
  if (!report) {
    std::cerr << "countersign-verify: " << report.error().detail << "\n";
    return 2;
  }
  std::cout << report->text;
  return report->verified.finding ? 1 : 0;
}
