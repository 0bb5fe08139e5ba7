// The promises of the ledger's doors: receipts, idempotency, staleness, failed writes, restarts.
#include <atomic>
#include <thread>

#include "ledger/fsck.h"
#include "tests/ledger/ledger_fixture.h"

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
  EXPECT_TRUE(is_error(
      ledger_->propose_and_wait(std::move(std::get<VerifiedCommand>(*prepared))), Errc::stale));
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
  ledger_->stop();
  const auto report = fsck(log(), ledger_->verifier_key(), nullptr);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty()) << report->findings.front().what;
}

TEST_F(LedgerDoors, AFullDiskRefusesAndWritingGoesOnWhenThereIsSpace) {
  committed(put_row("k1", "a", "1"));
  log().fail_next_append(AppendFault::out_of_space);
  EXPECT_TRUE(is_error(put_row("k2", "a", "2"), Errc::unavailable));
  EXPECT_FALSE(ledger_->failure().has_value());
  expect_receipts(committed(put_row("k2", "a", "2")));
}

// The two halves of a failed sync: the caller cannot tell which it was, and need not.
class FailedSync : public LedgerFixture, public ::testing::WithParamInterface<AppendFault> {};

TEST_P(FailedSync, StopsTheLedgerAndTheSameIdSettlesIt) {
  committed(put_row("k1", "a", "1"));
  log().fail_next_append(GetParam());
  EXPECT_TRUE(is_error(put_row("k2", "a", "2"), Errc::io));
  EXPECT_TRUE(ledger_->failure().has_value());
  EXPECT_TRUE(is_error(put_row("k3", "b", "3"), Errc::io));
  reopen();
  const Committed settled = committed(put_row("k2", "a", "2"));
  EXPECT_EQ(settled.repeated, GetParam() == AppendFault::persisted);
  expect_receipts(settled);
  committed(put_row("k4", "a", "4"));
  ledger_->stop();
  EXPECT_TRUE(fsck(log(), ledger_->verifier_key(), nullptr)->findings.empty());
}

INSTANTIATE_TEST_SUITE_P(Halves, FailedSync,
                         ::testing::Values(AppendFault::not_persisted, AppendFault::persisted));

TEST_F(LedgerDoors, AStartReadsTheSnapshotAndTheTailOnly) {
  snapshot_every_ = 10;
  reopen();
  for (int i = 0; i < 25; ++i) committed(put_row("k" + std::to_string(i), "a", std::to_string(i)));
  const auto snapshot = log().snapshot();
  ASSERT_TRUE(snapshot && *snapshot);
  EXPECT_GE((*snapshot)->size + 10, reader().size());
  reopen();
  expect_receipts(committed(put_row("later", "a", "99")));
  ledger_->stop();
  EXPECT_TRUE(fsck(log(), ledger_->verifier_key(), nullptr)->findings.empty());
}

TEST_F(LedgerDoors, AFullQueueRefusesAtOnce) {
  LedgerOptions options;
  options.log = log().reopen();
  options.log_key = key_;
  options.origin = "test.example/log";
  options.queue_commands_max = 1;
  ledger_->stop();
  auto opened = Ledger::open(std::move(options));
  ASSERT_TRUE(opened);
  ledger_ = std::move(*opened);
  std::atomic<int> outcomes{0};
  int overloaded = 0;
  int queued = 0;
  for (int i = 0; i < 2000; ++i) {
    auto prepared = prepare_row("q" + std::to_string(i), "r" + std::to_string(i), "1");
    const auto accepted = ledger_->propose(std::move(std::get<VerifiedCommand>(*prepared)),
                                           [&](const Outcome&) { ++outcomes; });
    if (accepted) ++queued;
    else if (accepted.error().code == Errc::overloaded) ++overloaded;
  }
  ledger_->stop();
  EXPECT_EQ(outcomes, queued);
  EXPECT_EQ(queued + overloaded, 2000);
}

}  // namespace countersign::ledger
