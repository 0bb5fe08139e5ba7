// usage: crash_writer DIRECTORY NUMBER...
//
// Opens the ledger and writes from as many threads as there are numbers, each from its number on,
// until it is killed. Says on standard output "writer number index header proof", the texts in
// base64, for every receipt it was given: this is the acknowledgement. The lines of one command are
// written together.
#include "tests/crash/crash_commands.h"

#include <iostream>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace {

using namespace countersign::ledger;
using namespace countersign::testing;

void acknowledge(const CrashCommand& command, const std::vector<KeptReceipt>& receipts) {
  static std::mutex mutex;
  std::string lines;
  for (const KeptReceipt& receipt : receipts) {
    lines += std::to_string(command.writer) + " " + std::to_string(command.number) + " " +
             std::to_string(receipt.index) + " " + to_base64(as_bytes(receipt.header)) + " " +
             to_base64(as_bytes(receipt.proof)) + "\n";
  }
  const std::lock_guard lock(mutex);
  for (std::string_view rest = lines; !rest.empty();) {
    const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written <= 0) std::_Exit(1);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_on(Ledger& ledger, CrashCommand command) {
  while (true) {
    const auto receipts = send(ledger, command);
    if (!receipts) {
      std::cerr << command.id() << ": " << receipts.error().detail << std::endl;
      std::_Exit(1);
    }
    acknowledge(command, *receipts);
    ++command.number;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  LedgerOptions options;
  options.directory = argv[1];
  options.snapshot_every = 50;
  auto opened = Ledger::open(std::move(options));
  if (!opened) {
    std::cerr << opened.error().detail << std::endl;
    return 1;
  }
  Ledger& ledger = **opened;
  std::vector<std::thread> writers;
  for (int i = 2; i < argc; ++i) {
    const CrashCommand first{static_cast<unsigned>(i - 2), std::stoull(argv[i])};
    writers.emplace_back([&ledger, first] { write_on(ledger, first); });
  }
  for (std::thread& writer : writers) writer.join();
}
