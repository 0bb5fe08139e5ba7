// usage: crash_judge DIRECTORY WRITERS <said
//        crash_judge --make DIRECTORY
//
// Holds what crash_writer said, on standard input, against the ledger it wrote to, after a clean
// start: prints "receipts unknown settled entries" and ends with 0 when all is right, with 1 and a
// sentence when not. With --make it makes the ledger to write to.
#include "tests/crash/acknowledged_writes.h"

#include <iostream>
#include <iterator>

namespace {

using namespace countersign::ledger;
using namespace countersign::testing;

Result<std::unique_ptr<Ledger>> open(const std::string& directory) {
  LedgerOptions options;
  options.directory = directory;
  return Ledger::open(std::move(options));
}

Result<void> make(const std::string& directory) {
  CS_CHECK(Ledger::create(directory, kNotesOrigin, notes_founder(), {}));
  CS_TRY(const auto ledger, open(directory));
  return open_notes(*ledger);
}

Result<Judgement> judge(const std::string& directory, unsigned writers) {
  AcknowledgedWrites told(writers);
  CS_CHECK(told.keep(std::string(std::istreambuf_iterator<char>(std::cin), {})));
  CS_TRY(const auto ledger, open(directory));
  return told.judge_whole(*ledger);
}

int complain(const Error& error) {
  std::cerr << error.detail << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (std::string_view(argv[1]) == "--make") {
    const auto made = make(argv[2]);
    return made ? 0 : complain(made.error());
  }
  const auto judged = judge(argv[1], static_cast<unsigned>(std::stoul(argv[2])));
  if (!judged) return complain(judged.error());
  std::cout << judged->receipts << " " << judged->unknown << " " << judged->settled << " "
            << judged->entries << "\n";
  return 0;
}
