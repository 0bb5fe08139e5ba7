// A ledger in its directory: creation, key, lock, older copies, simulated clocks.
#include "ledger/ledger.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace countersign::ledger {

namespace fs = std::filesystem;
using testing::TempDir;

namespace {

using countersign::testing::TempDir;

const Founder kFounder{{PersonId("p-0"), "管理员", {}}, AccountId("admin"), "a long password"};

Result<std::unique_ptr<Ledger>> open(const fs::path& directory) {
  LedgerOptions options;
  options.directory = directory;
  return Ledger::open(std::move(options));
}

// Adds an entry to a simulated ledger.
bool advance(Ledger& ledger, const std::string& to) {
  Envelope envelope;
  envelope.account = AccountId("admin");
  envelope.command_id = CommandId(to);
  envelope.received_at = ledger.clock().now();
  auto prepared = ledger.preparer().prepare(*ledger.directory(), envelope, {},
                                            AdvanceClock{parse_rfc3339(to).value()});
  return std::holds_alternative<Committed>(
      ledger.propose_and_wait(std::move(std::get<VerifiedCommand>(*prepared))));
}

}  // namespace

TEST(LedgerDirectory, IsMadeOnceAndHeldByOneProcess) {
  const TempDir temp;
  const fs::path directory = temp.path() / "ledger";
  EXPECT_EQ(open(directory).error().code, Errc::not_found);
  ASSERT_TRUE(Ledger::create(directory, "dir.example/log", kFounder, {}));
  EXPECT_EQ(Ledger::create(directory, "dir.example/log", kFounder, {}).error().code,
            Errc::conflict);
  const auto ledger = open(directory);
  ASSERT_TRUE(ledger) << ledger.error().detail;
  EXPECT_EQ((*ledger)->reader().size(), 1u);
  EXPECT_EQ(open(directory).error().code, Errc::io);
}

TEST(LedgerDirectory, AKeyOthersCanReadIsRefused) {
  const TempDir temp;
  const fs::path directory = temp.path() / "ledger";
  ASSERT_TRUE(Ledger::create(directory, "dir.example/log", kFounder, {}));
  fs::permissions(directory / "keys/log.key", fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(open(directory).error().code, Errc::unauthorized);
}

TEST(LedgerDirectory, AnOlderCopyRefusesToSign) {
  const TempDir temp;
  const fs::path directory = temp.path() / "ledger";
  const auto start = parse_rfc3339("2020-09-21T09:00:00+08:00").value();
  ASSERT_TRUE(Ledger::create(directory, "dir.example/log", kFounder, start));
  fs::copy(directory / "db", temp.path() / "older", fs::copy_options::recursive);
  {
    const auto ledger = open(directory);
    ASSERT_TRUE(ledger);
    ASSERT_TRUE(advance(**ledger, "2020-10-01T09:00:00+08:00"));
  }
  fs::remove_all(directory / "db");
  fs::rename(temp.path() / "older", directory / "db");
  const auto refused = open(directory);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corrupt);
  EXPECT_TRUE(fs::exists(directory / "db"));
}

// The writer adds an entry and publishes it at the very moment at which the file is read.
TEST(LedgerDirectory, AWriterThatGoesOnIsNoOlderCopy) {
  const TempDir temp;
  const fs::path directory = temp.path() / "ledger";
  const auto start = parse_rfc3339("2020-09-21T09:00:00+08:00").value();
  ASSERT_TRUE(Ledger::create(directory, "dir.example/log", kFounder, start));
  const auto writer = open(directory);
  ASSERT_TRUE(writer);
  const fs::path published = directory / "published/checkpoint";
  fs::remove(published);
  ASSERT_EQ(::mkfifo(published.c_str(), 0600), 0);
  std::thread publisher([&] {
    const int pipe = ::open(published.c_str(), O_WRONLY);  // waits for who reads it
    EXPECT_TRUE(advance(**writer, "2020-10-01T09:00:00+08:00"));
    const std::string note = (*writer)->reader().latest_checkpoint().value();
    EXPECT_EQ(::write(pipe, note.data(), note.size()), static_cast<ssize_t>(note.size()));
    ::close(pipe);
  });
  LedgerOptions options;
  options.directory = directory;
  options.read_only = true;
  const auto reader = Ledger::open(std::move(options));
  publisher.join();
  ASSERT_TRUE(reader) << reader.error().detail;
  EXPECT_EQ((*reader)->reader().size(), 2u);
}

TEST(LedgerDirectory, ACreationThatWasCutOffIsNoLedger) {
  const TempDir temp;
  const fs::path directory = temp.path() / "ledger";
  ASSERT_TRUE(Ledger::create(directory, "dir.example/log", kFounder, {}));
  fs::remove_all(directory / "db");
  // Its first checkpoint was published, so this is loss.
  EXPECT_EQ(open(directory).error().code, Errc::corrupt);
  fs::remove_all(directory / "published");
  EXPECT_EQ(open(directory).error().code, Errc::not_found);
}

TEST(LedgerDirectory, ASimulatedLedgerSaysSoAndKeepsItsTime) {
  const TempDir temp;
  const fs::path directory = temp.path() / "ledger";
  const auto start = parse_rfc3339("2020-09-21T09:00:00+08:00").value();
  ASSERT_TRUE(Ledger::create(directory, "dir.example/log", kFounder, start));
  const auto ledger = open(directory);
  ASSERT_TRUE(ledger);
  EXPECT_EQ((*ledger)->reader().origin(), "dir.example/log/simulated");
  EXPECT_TRUE((*ledger)->directory()->simulated);
  EXPECT_GE((*ledger)->clock().now(), start);
  EXPECT_LT((*ledger)->clock().now(), start + Duration::hours(1));
}

}  // namespace countersign::ledger
