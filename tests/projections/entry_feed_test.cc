// Reading ahead: every entry comes once and in order, whatever is read on which thread.
#include "projections/entry_feed.h"

#include "tests/projections/test_ledger.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

class Feed : public ::testing::Test {
 protected:
  // Some runs' worth of entries.
  Feed() {
    ledger_.assign_and_open(october(2, 8));
    while (ledger_.size() < 1700) edit();
  }
  void edit() {
    const std::string name = "unit " + std::to_string(++names_);
    ledger_.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}, {"name", name}}}}, october(9, 9));
  }

  static ledger::LeafIndex taken(EntryFeed& feed) {
    const auto entry = feed.take();
    EXPECT_TRUE(entry);
    return entry && *entry != nullptr ? (*entry)->event.index : ~ledger::LeafIndex{0};
  }

  TestLedger ledger_;
  int names_ = 0;
};

TEST_F(Feed, GivesEveryEntryOnceAndTheNextOneBeforeItsTurn) {
  EntryFeed feed(ledger_.reader());
  feed.seek(0);
  for (ledger::LeafIndex index = 0; index < ledger_.size(); ++index) {
    const auto entry = feed.take();
    ASSERT_TRUE(entry);
    ASSERT_NE(*entry, nullptr);
    const auto next = feed.peek();
    ASSERT_TRUE(next);
    // The one that was taken lives on beside it.
    EXPECT_EQ((*entry)->event.index, index);
    if (index + 1 == ledger_.size()) {
      EXPECT_EQ(*next, nullptr);
    } else {
      ASSERT_NE(*next, nullptr);
      EXPECT_EQ((*next)->event.index, index + 1);
    }
  }
  EXPECT_EQ(feed.take().value(), nullptr);
}

TEST_F(Feed, GoesOnWithWhatComesLater) {
  EntryFeed feed(ledger_.reader());
  feed.seek(ledger_.size());
  EXPECT_EQ(feed.take().value(), nullptr);
  EXPECT_EQ(feed.peek().value(), nullptr);
  for (int i = 0; i < 3; ++i) {
    const auto index = ledger_.size();
    edit();
    EXPECT_EQ(taken(feed), index);
    EXPECT_EQ(feed.take().value(), nullptr);
  }
}

TEST_F(Feed, TurnsToAnotherPlaceWhileItReadsAhead) {
  EntryFeed feed(ledger_.reader());
  feed.seek(0);
  for (ledger::LeafIndex i = 0; i < 600; ++i) EXPECT_EQ(taken(feed), i);
  feed.seek(20);
  for (ledger::LeafIndex i = 20; i < ledger_.size(); ++i) EXPECT_EQ(taken(feed), i);
}

TEST_F(Feed, StaysBeforeAnEntryThatCannotBeRead) {
  const ledger::LeafIndex bad = 1300;
  ledger_.damage(bad);
  EntryFeed feed(ledger_.reader());
  feed.seek(0);
  for (ledger::LeafIndex i = 0; i < bad; ++i) ASSERT_EQ(taken(feed), i);
  EXPECT_FALSE(feed.peek());
  EXPECT_FALSE(feed.take());
  EXPECT_FALSE(feed.take());
  ledger_.damage(bad);
  feed.seek(bad);
  EXPECT_EQ(taken(feed), bad);
}

TEST_F(Feed, GoesOnWithWhatIsAnnouncedAndSaysWhetherItCame) {
  const ledger::TreeSize before = 1600;
  ledger_.show(before);
  ledger_.announce(ledger_, ledger_.size() + 90);
  EntryFeed feed(ledger_.reader());
  feed.seek(before - 1);
  EXPECT_EQ(taken(feed), before - 1);
  EXPECT_TRUE(feed.all_written());
  for (ledger::LeafIndex i = before; i < before + 90; ++i) EXPECT_EQ(taken(feed), i);
  EXPECT_EQ(feed.take().value(), nullptr);
  ledger_.settle(true);
  EXPECT_TRUE(feed.all_written());

  ledger_.announce(ledger_, before + 92);
  EXPECT_EQ(taken(feed), before + 90);
  ledger_.settle(false);
  EXPECT_FALSE(feed.all_written());
  EXPECT_FALSE(feed.all_written());
  feed.seek(before + 90);
  EXPECT_TRUE(feed.all_written());
  EXPECT_EQ(feed.take().value(), nullptr);
}

// What was read ahead of an announcement that came to nothing is not what came in its place.
TEST_F(Feed, ForgetsWhatItReadAheadOfEntriesThatNeverCameToBe) {
  constexpr ledger::LeafIndex kShown = 50;
  TestLedger other;
  other.assign_and_open(october(2, 8));
  while (other.size() < 1700) {
    const std::string name = "other " + std::to_string(other.size());
    other.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}, {"name", name}}}}, october(9, 9));
  }
  ledger_.show(kShown);
  ledger_.announce(other, 1700);
  EntryFeed feed(ledger_.reader());
  feed.seek(kShown);
  // Beyond the first run, so that the next is read ahead.
  for (ledger::LeafIndex i = kShown; i < 600; ++i) EXPECT_EQ(taken(feed), i);
  ledger_.settle(false);
  ledger_.show(1700);
  feed.seek(kShown);
  for (ledger::LeafIndex i = kShown; i < 1700; ++i) {
    const auto entry = feed.take();
    ASSERT_TRUE(entry);
    ASSERT_NE(*entry, nullptr);
    ASSERT_EQ((*entry)->header, ledger_.header(i).value()) << i;
  }
}

}  // namespace
}  // namespace countersign::projections
