// One failing step of the file system at a time, under a writing ledger: each kind of step on each
// kind of file, failed and not done, failed and done all the same, done by half. The ledger goes on
// where the step did not matter, and otherwise stops, keeps its files and answers reads; a start
// finds all that was acknowledged, and an id sent again gets the first receipt.
//
// Longer: COUNTERSIGN_DISK_FAULT_POSITIONS.
#include "tests/faults/faulty_ledger.h"

#include <iostream>
#include <map>

#include <gtest/gtest.h>

namespace countersign::testing {

using namespace ledger;

namespace {

struct Place {
  FileKind kind;
  FileStep step;
};

std::string name_of(const Place& place) {
  return std::string(to_string(place.kind)) + "_" + std::string(to_string(place.step));
}

std::vector<Half> halves_of(FileStep step) {
  if (step == FileStep::append) return {Half::not_persisted, Half::persisted, Half::torn};
  return {Half::not_persisted, Half::persisted};
}

}  // namespace

class DiskFaults : public ::testing::TestWithParam<Place> {};

TEST_P(DiskFaults, StopHonestlyAndLoseNothing) {
  const Place place = GetParam();
  const unsigned positions = setting("COUNTERSIGN_DISK_FAULT_POSITIONS", 1);
  constexpr unsigned kWriters = 4;
  constexpr std::uint64_t kCommands = 24;
  std::mt19937 random(20201112);
  FaultyLedger faulty(kWriters);
  std::map<std::string, unsigned> outcomes;
  unsigned injected = 0;
  for (unsigned position = 0; position < positions; ++position) {
    for (const Half half : halves_of(place.step)) {
      for (const bool no_space : {false, true}) {
        // Both the process alone and the whole machine start again.
        for (const bool power_goes_too : {false, true}) {
          const std::uint64_t number = 1 + position * (1 + position);
          SCOPED_TRACE(name_of(place) + " " + std::string(to_string(half)) +
                       (no_space ? " ENOSPC" : " EIO") + " number " + std::to_string(number) +
                       (power_goes_too ? ", then the power goes" : ""));
          const std::size_t before = faulty.told().receipts();
          faulty.close();
          faulty.disk().fail({place.kind, place.step, half, no_space, number});
          std::optional<Error> error;
          const bool started = faulty.open().has_value();
          if (started) error = faulty.write(kCommands);
          const bool met = faulty.disk().failed();
          injected += met ? 1 : 0;
          if (error) {
            ASSERT_TRUE(met) << "nothing failed, and the ledger said: " << error->detail;
            ASSERT_EQ(error->code, Errc::io) << error->detail;
            ASSERT_TRUE(faulty.ledger().failure());
            const auto again = send(faulty.ledger(), {0, faulty.told().next()[0]});
            ASSERT_FALSE(again);
            ASSERT_EQ(again.error().code, Errc::io) << "it writes after a failed write";
          }
          if (started) {
            const auto readable = faulty.told().judge(faulty.ledger(), before);
            ASSERT_TRUE(readable) << "reads stopped: " << readable.error().detail;
          }
          if (met) ++outcomes[!started ? "refused to start" : error ? "stopped" : "went on"];
          faulty.close();
          if (power_goes_too) {
            faulty.disk().forget(random);
          } else {
            faulty.disk().heal();
          }
          const auto opened = faulty.open();
          ASSERT_TRUE(opened) << opened.error().detail;
          const auto good = faulty.told().judge(faulty.ledger(), before);
          ASSERT_TRUE(good) << good.error().detail;
        }
      }
    }
  }
  EXPECT_GT(injected, 0u) << "no such step was met";
  if (place.kind == FileKind::wal &&
      (place.step == FileStep::append || place.step == FileStep::sync)) {
    EXPECT_EQ(outcomes["went on"], 0u) << "an append was acknowledged though it failed";
  }
  const auto judged = faulty.told().judge_whole(faulty.ledger());
  ASSERT_TRUE(judged) << judged.error().detail;
  std::cout << "disk faults: " << name_of(place) << ": " << injected << " faults injected ("
            << outcomes["went on"] << " went on, " << outcomes["stopped"] << " stopped, "
            << outcomes["refused to start"] << " refused to start), " << judged->receipts
            << " acknowledged, 0 lost, 0 wrong\n";
}

INSTANTIATE_TEST_SUITE_P(
    Steps, DiskFaults,
    ::testing::Values(
        Place{FileKind::wal, FileStep::create}, Place{FileKind::wal, FileStep::append},
        Place{FileKind::wal, FileStep::sync}, Place{FileKind::wal, FileStep::close},
        Place{FileKind::wal, FileStep::remove}, Place{FileKind::table, FileStep::create},
        Place{FileKind::table, FileStep::append}, Place{FileKind::table, FileStep::sync},
        Place{FileKind::table, FileStep::close}, Place{FileKind::table, FileStep::remove},
        Place{FileKind::manifest, FileStep::create}, Place{FileKind::manifest, FileStep::append},
        Place{FileKind::manifest, FileStep::sync}, Place{FileKind::manifest, FileStep::remove},
        Place{FileKind::current, FileStep::create}, Place{FileKind::current, FileStep::append},
        Place{FileKind::current, FileStep::sync}, Place{FileKind::current, FileStep::rename},
        Place{FileKind::other, FileStep::sync_directory}),
    [](const auto& place) { return name_of(place.param); });

struct HalfCase {
  FileStep step;
  Half half;
  bool in_log;  // what a start finds
};

// Each half of the durable step by itself: the command's outcome is unknown to its sender, a start
// finds the half that happened, and sending it again answers with the one receipt.
class WriteHalves : public ::testing::TestWithParam<HalfCase> {};

TEST_P(WriteHalves, AreSettledByTheSameId) {
  const HalfCase given = GetParam();
  FaultyLedger faulty(1);
  ASSERT_FALSE(faulty.write(3));
  const CrashCommand command{0, faulty.told().next()[0]};
  faulty.disk().fail({FileKind::wal, given.step, given.half, false, 1});
  const auto failed = send(faulty.ledger(), command);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::io);
  faulty.close();
  faulty.disk().heal();
  ASSERT_TRUE(faulty.open());
  const auto found = faulty.ledger().reader().log().command(command.id()).value();
  EXPECT_EQ(found.has_value(), given.in_log);
  const auto receipts = send(faulty.ledger(), command);
  ASSERT_TRUE(receipts) << receipts.error().detail;
  if (found) {
    EXPECT_EQ(receipts->front().index, found->first) << "not the first receipt";
  }
  ASSERT_TRUE(faulty.told().keep(command, *receipts));
  const auto judged = faulty.told().judge_whole(faulty.ledger());
  EXPECT_TRUE(judged) << judged.error().detail;
}

// A sync that failed without power lost leaves the bytes in the machine's cache: they are there.
INSTANTIATE_TEST_SUITE_P(Halves, WriteHalves,
                         ::testing::Values(HalfCase{FileStep::append, Half::not_persisted, false},
                                           HalfCase{FileStep::append, Half::torn, false},
                                           HalfCase{FileStep::append, Half::persisted, true},
                                           HalfCase{FileStep::sync, Half::not_persisted, true},
                                           HalfCase{FileStep::sync, Half::persisted, true}),
                         [](const auto& given) {
                           return std::string(to_string(given.param.step)) + "_" +
                                  std::string(to_string(given.param.half));
                         });

TEST(FullDisk, TheReserveRefusesWritesReadsGoOnAndSpaceLetsThemGoOn) {
  FaultyLedger faulty(4);
  faulty.space_reserve_bytes = 1u << 20;
  ASSERT_TRUE(faulty.open());
  ASSERT_FALSE(faulty.write(10));
  const std::size_t told = faulty.told().receipts();
  faulty.disk().set_free_space(faulty.space_reserve_bytes);
  for (int i = 0; i < 3; ++i) {
    const auto error = faulty.write(1);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, Errc::unavailable);
    EXPECT_FALSE(faulty.ledger().failure()) << "it is not a failure";
  }
  EXPECT_EQ(faulty.told().receipts(), told);
  EXPECT_TRUE(faulty.told().judge(faulty.ledger(), 0)) << "reads go on";
  faulty.disk().set_free_space({});
  const auto error = faulty.write(10);
  EXPECT_FALSE(error) << error->detail;
  const auto judged = faulty.told().judge_whole(faulty.ledger());
  EXPECT_TRUE(judged) << judged.error().detail;
}

TEST(FullDisk, WithoutAReserveItStopsAndAStartAfterSpaceIsFreedGoesOn) {
  FaultyLedger faulty(4);
  ASSERT_FALSE(faulty.write(10));
  faulty.disk().set_full(true);
  const auto error = faulty.write(100);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::io);
  EXPECT_TRUE(faulty.told().judge(faulty.ledger(), 0)) << "reads go on";
  const auto still_full = faulty.open();
  EXPECT_FALSE(still_full) << "a start has to write";
  faulty.disk().set_full(false);
  const auto opened = faulty.open();
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_FALSE(faulty.write(10));
  const auto judged = faulty.told().judge_whole(faulty.ledger());
  EXPECT_TRUE(judged) << judged.error().detail;
}

}  // namespace countersign::testing
