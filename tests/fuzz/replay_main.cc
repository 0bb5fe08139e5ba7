// Runs a target over every file of the folders and files named, so that an input that once broke a
// parser is tried again by every build, without a fuzzer. Fails when there is nothing to run.
#include "tests/fuzz/fuzz_target.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace {

int run_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return -1;
  }
  std::fprintf(stderr, "%s\n", path.c_str());  // the last one named is the one that ended it
  // An exact copy on the heap, so that a sanitizer sees a read past its end.
  const auto exact = std::make_unique<char[]>(content.size());
  content.copy(exact.get(), content.size());
  countersign::fuzz::run({exact.get(), content.size()});
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  int count = 0;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      count += run_file(argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      count += run_file(entry.path());
    }
  }
  std::printf("%d inputs\n", count);
  return count > 0 ? 0 : 1;
}
