// What the sequencer may judge from memory, and from where on.
#include "ledger/sequencer/recent_window.h"

#include <gtest/gtest.h>

namespace countersign::ledger {

namespace {

StoredRowHead row(const std::string& key, LeafIndex index) {
  StoredRowHead made{"c", "t", key, {}};
  made.head.index = index;
  return made;
}

}  // namespace

TEST(RecentWindow, KnowsTheLastChangeOfARow) {
  RecentWindow window(10);
  EXPECT_EQ(window.floor(), 10u);
  EXPECT_FALSE(window.row(row("a", 0)));
  window.add_row(row("a", 10));
  window.add_row(row("a", 11));
  EXPECT_EQ(window.row(row("a", 0)), 11u);
  EXPECT_FALSE(window.row({"c", "t2", "a", {}}));
  EXPECT_FALSE(window.row({"c2", "t", "a", {}}));
}

TEST(RecentWindow, ForgetsTheOldestAndRaisesItsFloor) {
  RecentWindow window(0);
  const auto many = static_cast<LeafIndex>(RecentWindow::kItemsMax);
  window.add_row(row("old", 0));
  window.add_row(row("kept", 0));
  window.add_command({"first", {}, 0, 1, 1});
  for (LeafIndex i = 1; i <= many - 1; ++i) window.add_row(row("r" + std::to_string(i), i));
  window.add_row(row("kept", many));
  window.trim();
  EXPECT_FALSE(window.row(row("old", 0)));
  EXPECT_EQ(window.command("first"), nullptr);
  EXPECT_EQ(window.row(row("kept", 0)), many) << "a later change keeps the row";
  EXPECT_EQ(window.floor(), 1u) << "entry 0 is no longer covered whole";
}

TEST(RecentWindow, NeverForgetsWhatLiesAtOrAboveItsFloor) {
  RecentWindow window(0);
  for (LeafIndex i = 0; i < RecentWindow::kItemsMax; ++i) {
    window.add_row(row(std::to_string(i), i));
    window.add_command({"k" + std::to_string(i), {}, i, 1, i + 1});
  }
  window.trim();
  EXPECT_GT(window.floor(), 0u);
  EXPECT_EQ(window.command("k" + std::to_string(window.floor() - 1)), nullptr);
  for (LeafIndex i = window.floor(); i < RecentWindow::kItemsMax; ++i) {
    ASSERT_EQ(window.row(row(std::to_string(i), 0)), i);
    ASSERT_NE(window.command("k" + std::to_string(i)), nullptr);
  }
}

}  // namespace countersign::ledger
