// SIGKILL at random moments under 16 writers, at the ledger's own door. After every restart each
// acknowledged receipt verifies and its checkpoint is a past of the tree as it is then; at the end
// the log has no gap, every command is in it once and whole, and fsck finds nothing.
//
// What a kill does not test: the page cache outlives the process, so nothing is said about syncing;
// the engines' tests of failed writes are about that. Nor about a disk that lies, or a power cut.
#include "ledger/domain/event_codec.h"
#include "ledger/fsck.h"
#include "tests/crash/crash_commands.h"
#include "tests/support/temp_dir.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::testing {

using namespace ledger;

namespace {

unsigned rounds() {
  const char* wanted = std::getenv("COUNTERSIGN_CRASH_ROUNDS");
  return wanted == nullptr ? 30 : static_cast<unsigned>(std::stoul(wanted));
}

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

  // Returns all whole lines it has said; a line that was cut off acknowledges nothing.
  std::string kill_after(std::chrono::milliseconds moment) {
    std::this_thread::sleep_for(moment);
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
    reader_.join();
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself, with " << WEXITSTATUS(status);
    return said_.substr(0, said_.rfind('\n') + 1);
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

ReceiptJudge judge_of(const Ledger& ledger) {
  const auto key = NoteVerifier::from_vkey(ledger.verifier_key()).value();
  const Reader& reader = ledger.reader();
  return ReceiptJudge::make(
             key, reader.latest_checkpoint().value(),
             [&reader](TreeSize from, TreeSize to) { return reader.consistency_proof(from, to); })
      .value();
}

}  // namespace

class Crash : public ::testing::Test {
 protected:
  Crash() : directory_(temp_.path() / "ledger"), next_(kCrashWriters, 1) {
    EXPECT_TRUE(Ledger::create(directory_, kNotesOrigin, notes_founder(), {}));
    const auto ledger = open(directory_);
    const auto opened = open_notes(**ledger);
    EXPECT_TRUE(opened) << opened.error().detail;
  }

  // Keeps what the writer acknowledged, and where each of its threads goes on: a command that was
  // not acknowledged whole is sent again.
  void keep(const std::string& lines) {
    std::map<std::pair<unsigned, std::uint64_t>, std::vector<KeptReceipt>> commands;
    std::istringstream in(lines);
    CrashCommand command;
    KeptReceipt receipt;
    std::string header, proof;
    while (in >> command.writer >> command.number >> receipt.index >> header >> proof) {
      receipt.command_id = command.id();
      receipt.header = from_base64(header).value();
      receipt.proof = from_base64(proof).value();
      commands[{command.writer, command.number}].push_back(receipt);
    }
    for (auto& [key, receipts] : commands) {
      const CrashCommand whole{key.first, key.second};
      if (receipts.size() != whole.entries()) continue;
      ASSERT_EQ(whole.number, next_.at(whole.writer)) << "acknowledged out of order";
      ++next_.at(whole.writer);
      std::move(receipts.begin(), receipts.end(), std::back_inserter(kept_));
    }
  }

  // Every receipt's entry is still what it was; those from `first` on are judged whole.
  void judge(const Ledger& ledger, std::size_t first) const {
    ReceiptJudge judge = judge_of(ledger);
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      const KeptReceipt& receipt = kept_[i];
      const auto header = ledger.reader().log().header(receipt.index);
      ASSERT_TRUE(header) << "entry " << receipt.index << " is lost";
      ASSERT_EQ(*header, receipt.header);
      if (i < first) continue;
      const auto holds = judge.judge(receipt);
      ASSERT_TRUE(holds) << receipt.command_id << ": " << holds.error().detail;
    }
  }

  // Every command up to each writer's next one is in the log once, whole, in entries that follow
  // each other; nothing else is.
  void judge_entries(const Ledger& ledger) const {
    std::map<std::string, std::vector<LeafIndex>> entries;
    std::map<std::string, LeafIndex> rows;
    LeafIndex expected = 0;
    ASSERT_TRUE(ledger.reader().log().scan(
        0, ledger.reader().size(), [&](LeafIndex index, const StoredEntry& stored) {
          EXPECT_EQ(index, expected++) << "a gap";
          const DecodedHeader header = decode_header(stored.header).value();
          EXPECT_EQ(header.event.index, index);
          entries[header.event.command_id.value].push_back(index);
          if (!std::holds_alternative<RowsChanged>(header.event.event)) return true;
          const Payload payload = decode_payload(stored.payload).value();
          for (const PayloadItem& item : payload.items) {
            const RowChange row = decode_row_item(item.text).value();
            EXPECT_FALSE(row.prev) << row.key.value << " was written twice";
            EXPECT_TRUE(rows.emplace(row.key.value, index).second)
                << row.key.value << " was written twice";
          }
          return true;
        }));
    EXPECT_EQ(expected, ledger.reader().size());
    std::size_t commands = 0;
    std::size_t wanted_rows = 0;
    for (unsigned writer = 0; writer < kCrashWriters; ++writer) {
      for (CrashCommand command{writer, 1}; command.number < next_[writer]; ++command.number) {
        const auto& its = entries[command.id()];
        ASSERT_EQ(its.size(), command.entries()) << command.id();
        ASSERT_EQ(its.back() - its.front() + 1, its.size()) << command.id() << " has a gap";
        for (const auto& [row, value] : command.rows()) {
          ASSERT_TRUE(rows.contains(row)) << row << " is missing";
          ++wanted_rows;
        }
        ++commands;
      }
    }
    EXPECT_EQ(rows.size(), wanted_rows);
    EXPECT_EQ(entries.size(), commands + kFounding) << "a command nobody knows of";
  }

  static constexpr std::size_t kFounding = 4;  // create, define, assign, open

  const TempDir temp_;
  const std::filesystem::path directory_;
  std::vector<std::uint64_t> next_;  // by writer: the first number it has no acknowledgement of
  std::vector<KeptReceipt> kept_;
};

TEST_F(Crash, NothingAcknowledgedIsLostAndNothingIsAppliedTwice) {
  std::mt19937 random(20201112);
  std::uniform_int_distribution<int> moment(0, 120);
  for (unsigned round = 0; round < rounds(); ++round) {
    const std::size_t before = kept_.size();
    Writer writer(directory_, next_);
    // Every fourth is killed from its start on, which may be in the middle of its recovery.
    const bool at_start = round % 4 == 3;
    if (!at_start) writer.wait_for_acknowledgement();
    keep(writer.kill_after(std::chrono::milliseconds(moment(random))));
    if (HasFatalFailure()) return;
    if (!at_start) {
      ASSERT_GT(kept_.size(), before) << "round " << round << " acknowledged nothing";
    }
    const auto ledger = open(directory_);
    ASSERT_TRUE(ledger) << "round " << round << ": " << ledger.error().detail;
    judge(**ledger, before);
    if (HasFatalFailure()) return;
  }

  const auto opened = open(directory_);
  ASSERT_TRUE(opened) << opened.error().detail;
  Ledger& ledger = **opened;
  // What was left unknown is settled by sending it again, which also answers the second time.
  std::size_t settled = 0;
  for (unsigned writer = 0; writer < kCrashWriters; ++writer) {
    const CrashCommand command{writer, next_[writer]};
    if (ledger.reader().log().command(command.id()).value()) ++settled;
    auto receipts = send(ledger, command);
    ASSERT_TRUE(receipts) << receipts.error().detail;
    EXPECT_EQ(receipts->size(), command.entries());
    std::move(receipts->begin(), receipts->end(), std::back_inserter(kept_));
    ++next_[writer];
  }
  judge(ledger, 0);
  judge_entries(ledger);
  ledger.stop();
  const auto report = fsck(ledger.reader().log(), ledger.verifier_key(), nullptr);
  ASSERT_TRUE(report);
  for (const Finding& finding : report->findings) ADD_FAILURE() << finding.what;
  std::cout << rounds() << " kills, " << kept_.size() << " receipts kept, " << report->entries
            << " entries; of " << kCrashWriters << " commands left unknown " << settled
            << " were in the log\n";
}

}  // namespace countersign::testing
