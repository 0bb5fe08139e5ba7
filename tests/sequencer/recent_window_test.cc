// What the sequencer may judge from memory, and from where on.
#include "ledger/sequencer/recent_window.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {

namespace {

StoredRowHead row(const std::string& key, LeafIndex index = 0) {
  StoredRowHead made{"c", "t", key, {}};
  made.head.index = index;
  return made;
}

void add(RecentWindow& window, const StoredRowHead& row) { window.add_rows({&row, 1}); }

// Whether a command is stale that was built on this change of the row, as the log was at this size.
bool stale(const RecentWindow& window, const StoredRowHead& row,
           std::optional<LeafIndex> previous, TreeSize prepared_at) {
  return window.changed({&row, 1}, {&previous, 1}, prepared_at);
}

}  // namespace

TEST(RecentWindow, KnowsTheLastChangeOfARow) {
  RecentWindow window(10);
  EXPECT_EQ(window.floor(), 10u);
  EXPECT_FALSE(stale(window, row("a"), std::nullopt, 10));
  add(window, row("a", 10));
  EXPECT_TRUE(stale(window, row("a"), std::nullopt, 10));
  EXPECT_FALSE(stale(window, row("a"), 10, 11));
  add(window, row("a", 11));
  EXPECT_TRUE(stale(window, row("a"), 10, 11));
  EXPECT_FALSE(stale(window, row("a"), 11, 12));
  EXPECT_FALSE(stale(window, row("b"), std::nullopt, 10));
  EXPECT_FALSE(stale(window, {"c", "t2", "a", {}}, std::nullopt, 10));
  EXPECT_FALSE(stale(window, {"c2", "t", "a", {}}, std::nullopt, 10));
}

TEST(RecentWindow, OfManyRowsItKnowsTheTable) {
  RecentWindow window(0);
  std::vector<StoredRowHead> rows;
  for (std::size_t i = 0; i <= RecentWindow::kNamedRowsMax; ++i) {
    rows.push_back(row("r" + std::to_string(i), 5));
  }
  window.add_rows(rows);
  EXPECT_TRUE(stale(window, row("another"), std::nullopt, 5));
  EXPECT_FALSE(stale(window, row("another"), std::nullopt, 6));
  EXPECT_FALSE(stale(window, {"c", "t2", "r1", {}}, std::nullopt, 5));
  // What changes by name after it is known by name.
  add(window, row("r1", 6));
  EXPECT_TRUE(stale(window, row("r1"), 5, 6));
  EXPECT_FALSE(stale(window, row("r2"), 5, 6));
  EXPECT_TRUE(stale(window, row("r2"), 4, 5));
  EXPECT_FALSE(window.changed({}, {}, 0));
}

TEST(RecentWindow, ForgetsTheOldestAndRaisesItsFloor) {
  RecentWindow window(0);
  const auto many = static_cast<LeafIndex>(RecentWindow::kItemsMax);
  add(window, row("old", 0));
  add(window, row("kept", 0));
  window.add_command({"first", {}, 0, 1, 1});
  for (LeafIndex i = 1; i <= many - 1; ++i) add(window, row("r" + std::to_string(i), i));
  add(window, row("kept", many));
  window.trim();
  EXPECT_EQ(window.command("first"), nullptr);
  EXPECT_TRUE(stale(window, row("kept"), 0, 1)) << "a later change keeps the row";
  EXPECT_EQ(window.floor(), 1u) << "entry 0 is no longer covered whole";
}

TEST(RecentWindow, NeverForgetsWhatLiesAtOrAboveItsFloor) {
  RecentWindow window(0);
  for (LeafIndex i = 0; i < RecentWindow::kItemsMax; ++i) {
    add(window, row(std::to_string(i), i));
    window.add_command({"k" + std::to_string(i), {}, i, 1, i + 1});
  }
  window.trim();
  EXPECT_GT(window.floor(), 0u);
  EXPECT_EQ(window.command("k" + std::to_string(window.floor() - 1)), nullptr);
  for (LeafIndex i = window.floor(); i < RecentWindow::kItemsMax; ++i) {
    ASSERT_TRUE(stale(window, row(std::to_string(i)), std::nullopt, i));
    ASSERT_NE(window.command("k" + std::to_string(i)), nullptr);
  }
}

}  // namespace countersign::ledger
