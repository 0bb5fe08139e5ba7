// SIGKILL at random moments under many writers, at the ledger's own door. After every restart each
// acknowledged receipt verifies and its checkpoint is a past of the tree as it is then; at the end
// the log has no gap, every command is in it once and whole, and fsck finds nothing.
//
// What a kill does not test: the page cache outlives the process, so nothing is said about syncing;
// tests/faults is about that.
#include "tests/crash/acknowledged_writes.h"
#include "tests/support/temp_dir.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::testing {

using namespace ledger;

namespace {

unsigned setting(const char* name, unsigned otherwise) {
  const char* wanted = std::getenv(name);
  return wanted == nullptr ? otherwise : static_cast<unsigned>(std::stoul(wanted));
}

unsigned rounds() { return setting("COUNTERSIGN_CRASH_ROUNDS", 30); }
unsigned writers() { return setting("COUNTERSIGN_CRASH_WRITERS", 16); }

// A running crash_writer and what it has said so far.
class Writer {
 public:
  Writer(const std::filesystem::path& directory, const std::vector<std::uint64_t>& numbers) {
    int ends[2];
    CS_ASSERT(::pipe2(ends, O_CLOEXEC) == 0);
    std::vector<std::string> words{CRASH_WRITER, directory.string()};
    for (const std::uint64_t number : numbers) words.push_back(std::to_string(number));
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    CS_ASSERT(process_ >= 0);
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execv(CRASH_WRITER, arguments.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    reader_ = std::thread([this, end = ends[0]] {
      char buffer[1 << 16];
      for (ssize_t got = 0; (got = ::read(end, buffer, sizeof buffer)) > 0;) {
        said_.append(buffer, static_cast<std::size_t>(got));
        heard_ = true;
      }
      ::close(end);
      ended_ = true;
    });
  }

  void wait_for_acknowledgement() const {
    while (!heard_ && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  // Returns all it has said.
  std::string kill_after(std::chrono::milliseconds moment) {
    std::this_thread::sleep_for(moment);
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
    reader_.join();
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself, with " << WEXITSTATUS(status);
    return said_;
  }

 private:
  pid_t process_ = 0;
  std::thread reader_;
  std::string said_;  // the reader's until it is joined
  std::atomic<bool> heard_ = false;
  std::atomic<bool> ended_ = false;
};

Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& directory) {
  LedgerOptions options;
  options.directory = directory;
  return Ledger::open(std::move(options));
}

}  // namespace

TEST(Crash, NothingAcknowledgedIsLostAndNothingIsAppliedTwice) {
  const TempDir temp;
  const std::filesystem::path directory = temp / "ledger";
  ASSERT_TRUE(Ledger::create(directory, kNotesOrigin, notes_founder(), {}));
  {
    const auto ledger = open(directory);
    const auto opened = open_notes(**ledger);
    ASSERT_TRUE(opened) << opened.error().detail;
  }
  AcknowledgedWrites told(writers());
  std::mt19937 random(20201112);
  std::uniform_int_distribution<int> moment(0, 120);
  for (unsigned round = 0; round < rounds(); ++round) {
    const std::size_t before = told.receipts();
    Writer writer(directory, told.next());
    // Every fourth is killed from its start on, which may be in the middle of its recovery.
    const bool at_start = round % 4 == 3;
    if (!at_start) writer.wait_for_acknowledgement();
    const auto kept = told.keep(writer.kill_after(std::chrono::milliseconds(moment(random))));
    ASSERT_TRUE(kept) << kept.error().detail;
    if (!at_start) {
      ASSERT_GT(told.receipts(), before) << "round " << round << " acknowledged nothing";
    }
    const auto ledger = open(directory);
    ASSERT_TRUE(ledger) << "round " << round << ": " << ledger.error().detail;
    const auto good = told.judge(**ledger, before);
    ASSERT_TRUE(good) << "round " << round << ": " << good.error().detail;
  }

  const auto ledger = open(directory);
  ASSERT_TRUE(ledger) << ledger.error().detail;
  const auto judged = told.judge_whole(**ledger);
  ASSERT_TRUE(judged) << judged.error().detail;
  std::cout << "kills at the ledger's door: " << rounds() << " kills under " << writers()
            << " writers, " << judged->receipts << " acknowledged, 0 lost, 0 wrong, "
            << judged->entries << " entries; of " << judged->unknown << " unknown commands "
            << judged->settled << " were in the log\n";
}

}  // namespace countersign::testing
