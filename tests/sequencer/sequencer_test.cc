// Groups: what happens to commands that are decided together. An append is held back while others
// queue, so that every test says which commands share a group.
#include "ledger/sequencer/recent_window.h"
#include "ledger/sequencer/sequencer_observer.h"
#include "tests/ledger/ledger_fixture.h"

#include <deque>

namespace countersign::ledger {

namespace {

class Counts : public SequencerObserver {
 public:
  void committed(std::size_t commands, std::size_t entries, double write_seconds) override {
    groups.push_back({commands, entries});
    EXPECT_GE(write_seconds, 0.0);
  }
  void refused(RefusalCode code) override { refusals.push_back(code); }
  void failed(Errc code) override { failures.push_back(code); }

  std::vector<std::pair<std::size_t, std::size_t>> groups;
  std::vector<RefusalCode> refusals;
  std::vector<Errc> failures;
};

}  // namespace

class Groups : public LedgerFixture {
 protected:
  Groups() { open_ledger({}); }
  ~Groups() override { ledger_->stop(); }

  void open_ledger(LedgerOptions options) {
    options.observer = &counts_;
    reopen(std::move(options));
    counts_ = {};
  }
  // From here on everything that is queued waits behind one append.
  void hold_back() {
    log().hold();
    ASSERT_TRUE(queue(verified(prepare_row("held", "held", "0"))));
    log().wait_until_held();
  }
  Result<void> queue(VerifiedCommand command) {
    const std::size_t number = outcomes_.size();
    outcomes_.emplace_back();
    auto queued = ledger_->propose(std::move(command), [this, number](Outcome outcome) {
      outcomes_[number] = std::move(outcome);
    });
    if (!queued) outcomes_.pop_back();
    return queued;
  }
  // Lets everything through; the outcomes are then complete, "held" first.
  void let_through() {
    log().release();
    ledger_->stop();
  }
  const Outcome& outcome(std::size_t number) { return outcomes_.at(number).value(); }

  Counts counts_;
  std::deque<std::optional<Outcome>> outcomes_;
};

TEST_F(Groups, WhatQueuedDuringOneWriteIsTheNextGroup) {
  hold_back();
  const TreeSize before = reader().size();
  for (int i = 0; i < 100; ++i) {
    const std::string id = std::to_string(i);
    ASSERT_TRUE(queue(verified(prepare_row("k" + id, "r" + id, id))));
  }
  let_through();
  EXPECT_EQ(log().appended(), (std::vector<std::size_t>{1, 100}));
  EXPECT_EQ(counts_.groups, (std::vector<std::pair<std::size_t, std::size_t>>{{1, 1}, {100, 100}}));
  for (std::size_t i = 0; i < 100; ++i) {
    const Committed one = committed(outcome(1 + i));
    EXPECT_EQ(one.first, before + 1 + i) << "in the order they came";
    EXPECT_EQ(one.tree_size, before + 101);
    expect_receipts(one);
  }
  expect_sound();
}

TEST_F(Groups, AGroupIsCutWhereItIsLargeEnough) {
  LedgerOptions options;
  options.batch_entries_max = 8;
  open_ledger(std::move(options));
  hold_back();
  for (int i = 0; i < 20; ++i) {
    const std::string id = std::to_string(i);
    ASSERT_TRUE(queue(verified(prepare_row("k" + id, "r" + id, id))));
  }
  let_through();
  EXPECT_EQ(log().appended(), (std::vector<std::size_t>{1, 8, 8, 4}));
  for (std::size_t i = 0; i <= 20; ++i) expect_receipts(committed(outcome(i)));
}

TEST_F(Groups, OneIdTwiceInAGroupIsAppliedOnce) {
  hold_back();
  ASSERT_TRUE(queue(verified(prepare_row("k", "a", "1"))));
  ASSERT_TRUE(queue(verified(prepare_row("k", "a", "1"))));
  ASSERT_TRUE(queue(verified(prepare_row("k", "a", "2"))));
  let_through();
  const Committed first = committed(outcome(1));
  const Committed again = committed(outcome(2));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.first, first.first);
  EXPECT_EQ(again.tree_size, first.tree_size);
  EXPECT_TRUE(is_error(outcome(3), Errc::conflict)) << "another body under the same id";
  EXPECT_EQ(log().appended(), (std::vector<std::size_t>{1, 1}));
}

TEST_F(Groups, OfTwoChangesOfOneRowTheSecondIsStale) {
  committed(put_row("k0", "a", "0"));
  hold_back();
  ASSERT_TRUE(queue(verified(prepare_row("k1", "a", "1"))));
  ASSERT_TRUE(queue(verified(prepare_row("k2", "a", "2"))));
  ASSERT_TRUE(queue(verified(prepare_row("k3", "b", "3"))));
  let_through();
  committed(outcome(1));
  EXPECT_TRUE(is_error(outcome(2), Errc::stale));
  committed(outcome(3));
  expect_sound();
}

// The window of what changed lately takes one for the other; the log and the group do not.
TEST_F(Groups, RowsThatShareAPlaceAreNotTakenForOneAnother) {
  const VerifiedCommand first = verified(prepare_row("k0", "a", "0"));
  const StoredRowHead& changed = first.rows().front().front();
  RecentWindow window(0);
  window.add_rows({&changed, 1});
  StoredRowHead sharing = changed;
  const std::optional<LeafIndex> never;
  for (int i = 0; window.find_changed({&sharing, 1}, {&never, 1}, 0) == 1 || i == 0; ++i) {
    sharing.key = "b" + std::to_string(i);
  }
  committed(put_row("k1", "a", "1"));
  hold_back();
  ASSERT_TRUE(queue(verified(prepare_row("k2", "a", "2"))));
  ASSERT_TRUE(queue(verified(prepare_row("k3", sharing.key, "3"))));
  ASSERT_TRUE(queue(verified(prepare_row("k4", "a", "4"))));
  let_through();
  committed(outcome(1));
  committed(outcome(2));
  EXPECT_TRUE(is_error(outcome(3), Errc::stale));
  expect_sound();
}

TEST_F(Groups, ARefusalLeavesNoTraceInItsGroup) {
  hold_back();
  const auto prepare = [&](Command command, const std::string& key) {
    return verified(ledger_->preparer().prepare(
        *ledger_->directory(), testing::envelope(*ledger_, "filler", key), {}, std::move(command)));
  };
  ASSERT_TRUE(queue(verified(prepare_row("k1", "a", "1"))));
  ASSERT_TRUE(queue(prepare(AssignTasks{CampaignId("c"), {}}, "no-right")));
  ASSERT_TRUE(queue(verified(prepare_row("k2", "b", "2"))));
  let_through();
  const Committed before = committed(outcome(1));
  EXPECT_EQ(std::get<Refusal>(outcome(2)).code, RefusalCode::right_missing);
  EXPECT_EQ(committed(outcome(3)).first, before.first + 1);
  EXPECT_EQ(counts_.refusals, (std::vector{RefusalCode::right_missing}));
  expect_sound();
}

TEST_F(Groups, AnEventTooLongForItsHeaderIsRefusedAlone) {
  hold_back();
  Envelope longest = testing::envelope(*ledger_, "filler", "long");
  longest.correlation_id = std::string(70'000, 'x');
  ASSERT_TRUE(queue(verified(ledger_->preparer().prepare_rows(
      *ledger_->directory(), longest, {}, testing::notes_edits({{"a", "1"}})))));
  ASSERT_TRUE(queue(verified(prepare_row("k", "a", "1"))));
  let_through();
  EXPECT_TRUE(is_error(outcome(1), Errc::malformed));
  committed(outcome(2));
  expect_sound();
}

TEST_F(Groups, AFullQueueRefusesAtOnceAndCompletesWhatItTook) {
  LedgerOptions options;
  options.queue_commands_max = 2;
  open_ledger(std::move(options));
  hold_back();
  ASSERT_TRUE(queue(verified(prepare_row("k1", "a", "1"))));
  ASSERT_TRUE(queue(verified(prepare_row("k2", "b", "2"))));
  EXPECT_EQ(queue(verified(prepare_row("k3", "c", "3"))).error().code, Errc::overloaded);
  let_through();
  committed(outcome(1));
  committed(outcome(2));
  EXPECT_EQ(queue(verified(prepare_row("k3", "c", "3"))).error().code, Errc::unavailable);
}

// A repetition and a stale command are judged by what their group would have written.
TEST_F(Groups, AFullDiskUndoesTheWholeGroup) {
  hold_back();
  ASSERT_TRUE(queue(verified(prepare_row("k1", "a", "1"))));
  ASSERT_TRUE(queue(verified(prepare_row("k1", "a", "1"))));
  ASSERT_TRUE(queue(verified(prepare_row("k2", "a", "2"))));
  log().fail_append(2, AppendFault::out_of_space);
  log().release();
  const Outcome later = ledger_->propose_and_wait(verified(prepare_row("k3", "b", "3")));
  committed(outcome(0));
  for (std::size_t i = 1; i <= 3; ++i) EXPECT_TRUE(is_error(outcome(i), Errc::unavailable)) << i;
  EXPECT_EQ(counts_.failures, (std::vector{Errc::unavailable}));
  EXPECT_FALSE(ledger_->failure());
  // Space came back: the same commands go through.
  if (!std::holds_alternative<Committed>(later)) committed(put_row("k3", "b", "3"));
  EXPECT_FALSE(committed(put_row("k1", "a", "1")).repeated);
  committed(put_row("k2", "a", "2"));
  expect_sound();
}

TEST_F(Groups, NobodyIsToldThatAGroupOfUnknownOutcomeIsCommitted) {
  hold_back();
  ASSERT_TRUE(queue(verified(prepare_row("k1", "a", "1"))));
  ASSERT_TRUE(queue(verified(prepare_row("k1", "a", "1"))));
  ASSERT_TRUE(queue(verified(prepare_row("k2", "a", "2"))));
  log().fail_append(2, AppendFault::not_persisted);
  let_through();
  committed(outcome(0));
  for (std::size_t i = 1; i <= 3; ++i) EXPECT_TRUE(is_error(outcome(i), Errc::io)) << i;
  EXPECT_EQ(counts_.failures, (std::vector{Errc::io}));
  EXPECT_EQ(ledger_->failure()->code, Errc::io);
}

TEST_F(Groups, NothingIsWrittenAfterAFailedWrite) {
  hold_back();
  ASSERT_TRUE(queue(verified(prepare_row("k1", "a", "1"))));
  log().fail_append(1, AppendFault::persisted);
  let_through();
  EXPECT_TRUE(is_error(outcome(0), Errc::io));
  EXPECT_TRUE(is_error(outcome(1), Errc::io));
  EXPECT_EQ(log().appended(), (std::vector<std::size_t>{1}));
}

TEST_F(Groups, AWriterThatWasTakenOverStops) {
  const auto next = log().engine().reopen();
  ASSERT_TRUE(next->take_over());
  EXPECT_TRUE(is_error(put_row("k1", "a", "1"), Errc::io));
  EXPECT_EQ(ledger_->failure()->code, Errc::fenced);
  EXPECT_TRUE(is_error(put_row("k2", "b", "2"), Errc::fenced));
}

}  // namespace countersign::ledger
