// The promises of the ledger's doors: receipts, idempotency, staleness, failed writes, restarts.
#include "tests/ledger/ledger_fixture.h"

#include <atomic>
#include <thread>

namespace countersign::ledger {

using LedgerDoors = LedgerFixture;

TEST_F(LedgerDoors, EveryWriteAnswersWithReceiptsThatVerify) {
  expect_receipts(committed(put_row("k1", "a", "1")));
}

TEST_F(LedgerDoors, TheSameCommandIdGetsTheFirstAnswerAndAnotherBodyNone) {
  const Committed first = committed(put_row("k1", "a", "1"));
  const TreeSize size = reader().size();
  const Committed again = committed(put_row("k1", "a", "1"));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.first, first.first);
  EXPECT_EQ(again.tree_size, first.tree_size);
  EXPECT_TRUE(std::holds_alternative<CommandIdReused>(*prepare_row("k1", "a", "2")));
  EXPECT_EQ(reader().size(), size);
  reopen();
  EXPECT_EQ(committed(put_row("k1", "a", "1")).first, first.first);
  EXPECT_EQ(reader().size(), size);
}

TEST_F(LedgerDoors, OneIdProposedTwiceAtOnceIsAppliedOnce) {
  auto one = prepare_row("k1", "a", "1");
  auto two = prepare_row("k1", "a", "1");
  const Committed first =
      committed(ledger_->propose_and_wait(std::move(std::get<VerifiedCommand>(*one))));
  const Committed second =
      committed(ledger_->propose_and_wait(std::move(std::get<VerifiedCommand>(*two))));
  EXPECT_TRUE(second.repeated);
  EXPECT_EQ(second.first, first.first);
  EXPECT_EQ(second.tree_size, first.tree_size);
}

TEST_F(LedgerDoors, ARowThatChangedSinceItWasPreparedIsStale) {
  committed(put_row("k1", "a", "1"));
  auto prepared = prepare_row("k2", "a", "2");
  committed(put_row("k3", "a", "3"));
  EXPECT_TRUE(is_error(ledger_->propose_and_wait(std::move(std::get<VerifiedCommand>(*prepared))),
                       Errc::stale));
  committed(put_row("k2", "a", "2"));
}

TEST_F(LedgerDoors, ARowEqualToWhatIsThereAppendsNothing) {
  committed(put_row("k1", "a", "1"));
  EXPECT_TRUE(std::holds_alternative<NothingChanged>(*prepare_row("k2", "a", "01")));
}

TEST_F(LedgerDoors, AnETagThatMovedOnIsToldTheCurrentOne) {
  const Committed first = committed(put_row("k1", "a", "1"));
  const Committed second = committed(put_row("k2", "a", "2"));
  const auto prepared = prepare_row("k3", "a", "3", first.first);
  EXPECT_EQ(std::get<PreconditionFailed>(*prepared).current, second.first);
  EXPECT_TRUE(std::holds_alternative<VerifiedCommand>(*prepare_row("k3", "a", "3", second.first)));
}

TEST_F(LedgerDoors, BadCellsAreNamedByColumnAndNothingIsAppended) {
  const TreeSize size = reader().size();
  const auto prepared = prepare_row("k1", "a", "not a number");
  const auto& rejected = std::get<RowsRejected>(*prepared);
  ASSERT_EQ(rejected.problems.size(), 1u);
  EXPECT_EQ(rejected.problems[0].cell.column, "value");
  EXPECT_EQ(rejected.problems[0].cell.problem_en.find("not a number"), std::string::npos);
  EXPECT_EQ(reader().size(), size);
}

TEST_F(LedgerDoors, ARefusalTouchesNoOtherCommand) {
  const TreeSize size = reader().size();
  const Outcome refused = propose("filler", AssignTasks{CampaignId("c"), {}}, "r1");
  EXPECT_EQ(std::get<Refusal>(refused).code, RefusalCode::right_missing);
  EXPECT_EQ(reader().size(), size);
  committed(put_row("k1", "a", "1"));
}

TEST_F(LedgerDoors, ManyWritersMakeOneLogWithoutGaps) {
  constexpr int kWriters = 8;
  constexpr int kRows = 40;
  const TreeSize before = reader().size();
  std::vector<std::thread> writers;
  std::atomic<int> done{0};
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kRows; ++i) {
        const std::string id = std::to_string(w) + "-" + std::to_string(i);
        const Committed one = committed(put_row("k" + id, "r" + id, std::to_string(i)));
        expect_receipts(one);
        ++done;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(done, kWriters * kRows);
  EXPECT_EQ(reader().size(), before + kWriters * kRows);
  expect_sound();
}

TEST_F(LedgerDoors, AFullDiskRefusesAndWritingGoesOnWhenThereIsSpace) {
  committed(put_row("k1", "a", "1"));
  log().engine().fail_next_append(AppendFault::out_of_space);
  EXPECT_TRUE(is_error(put_row("k2", "a", "2"), Errc::unavailable));
  EXPECT_FALSE(ledger_->failure().has_value());
  expect_receipts(committed(put_row("k2", "a", "2")));
}

// The two halves of a failed sync: the caller cannot tell which it was, and need not.
class FailedSync : public LedgerFixture, public ::testing::WithParamInterface<AppendFault> {};

TEST_P(FailedSync, StopsTheLedgerAndTheSameIdSettlesIt) {
  committed(put_row("k1", "a", "1"));
  log().engine().fail_next_append(GetParam());
  EXPECT_TRUE(is_error(put_row("k2", "a", "2"), Errc::io));
  EXPECT_TRUE(ledger_->failure().has_value());
  EXPECT_TRUE(is_error(put_row("k3", "b", "3"), Errc::io));
  reopen();
  const Committed settled = committed(put_row("k2", "a", "2"));
  EXPECT_EQ(settled.repeated, GetParam() == AppendFault::persisted);
  expect_receipts(settled);
  committed(put_row("k4", "a", "4"));
  expect_sound();
}

INSTANTIATE_TEST_SUITE_P(Halves, FailedSync,
                         ::testing::Values(AppendFault::not_persisted, AppendFault::persisted));

TEST_F(LedgerDoors, AStartFoldsTheTailBehindTheSnapshotOnly) {
  LedgerOptions options;
  options.snapshot_every = 400;
  reopen(std::move(options));
  // Enough for recovery, which hashes the last tile or two again, to leave a beginning unread.
  for (int i = 0; i < 900; ++i) committed(put_row("k" + std::to_string(i), "a", std::to_string(i)));
  const auto snapshot = log().snapshot();
  ASSERT_TRUE(snapshot && *snapshot);
  EXPECT_GT((*snapshot)->size + 400, reader().size());
  reopen();
  auto read = log().read();
  // The snapshot names the entry that recorded the campaign's definition.
  constexpr LeafIndex kDefinedBy = 1;
  EXPECT_EQ(read.erase(kDefinedBy), 1u);
  ASSERT_FALSE(read.empty());
  EXPECT_GE(*read.begin(), reader().size() - 512);
  EXPECT_EQ(*read.rbegin(), reader().size() - 1);
  expect_receipts(committed(put_row("later", "a", "99999")));
  expect_sound();
}

TEST_F(LedgerDoors, AStateFromASnapshotDecidesAsTheOneItWasTakenOf) {
  LedgerOptions options;
  options.snapshot_every = 1;
  reopen(std::move(options));
  committed(put_row("k1", "a", "1"));
  reopen();
  const Outcome again = propose("office", OpenPhase{CampaignId("c"), PhaseId("p")}, "open-again");
  EXPECT_TRUE(std::holds_alternative<Refusal>(again));
  committed(put_row("k2", "a", "2"));
}

}  // namespace countersign::ledger
