// usage: crash_writer DIRECTORY NUMBER...
//
// Opens the ledger and writes from as many threads as there are numbers, each from its number on,
// until it is killed, or until each has written COUNTERSIGN_CRASH_COMMANDS. Says on standard output
// "writer number index header proof", the texts in base64, for every receipt it was given: this is
// the acknowledgement. The lines of one command are written together.
//
// Ends with 0 when all is written and with 1 when the ledger or the operating system says no.
#include "tests/crash/crash_commands.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <mutex>
#include <thread>

#include <sys/uio.h>
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
    // Not write(2): faults injected into that one are meant for the ledger's files.
    iovec part{const_cast<char*>(rest.data()), rest.size()};
    const ssize_t written = ::writev(STDOUT_FILENO, &part, 1);
    if (written <= 0) {
      std::cerr << "cannot acknowledge: " << std::strerror(errno) << std::endl;
      std::_Exit(1);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_on(Ledger& ledger, CrashCommand command, std::uint64_t end) {
  while (command.number != end) {
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
  const char* commands = std::getenv("COUNTERSIGN_CRASH_COMMANDS");
  const std::uint64_t most = commands == nullptr ? 0 : std::stoull(commands);
  std::vector<std::thread> writers;
  for (int i = 2; i < argc; ++i) {
    const CrashCommand first{static_cast<unsigned>(i - 2), std::stoull(argv[i])};
    const std::uint64_t end = most == 0 ? 0 : first.number + most;
    writers.emplace_back([&ledger, first, end] { write_on(ledger, first, end); });
  }
  for (std::thread& writer : writers) writer.join();
}
