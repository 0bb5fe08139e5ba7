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
  return window.many_changed(row, prepared_at) ||
         window.find_changed({&row, 1}, {&previous, 1}, prepared_at) == 0;
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
  EXPECT_EQ(window.find_changed({}, {}, 0), 0u);
}

TEST(RecentWindow, FindsEveryRowThatMayHaveChanged) {
  RecentWindow window(0);
  add(window, row("b", 7));
  add(window, row("d", 8));
  const std::vector<StoredRowHead> rows{row("a"), row("b"), row("c"), row("d")};
  const std::vector<std::optional<LeafIndex>> previous(4);
  EXPECT_EQ(window.find_changed(rows, previous, 5), 1u);
  EXPECT_EQ(window.find_changed(rows, previous, 5, 2), 3u);
  EXPECT_EQ(window.find_changed(rows, previous, 5, 4), 4u);
  EXPECT_EQ(window.find_changed(rows, previous, 8), 3u);
  EXPECT_EQ(window.find_changed(rows, previous, 9), 4u);
}

TEST(RecentWindow, KnowsAnIdThatCameAgain) {
  RecentWindow window(3);
  EXPECT_FALSE(window.came("k", 3));
  window.add_command({"k", {}, 3, 2, 0});
  EXPECT_TRUE(window.came("k", 3));
  EXPECT_FALSE(window.came("other", 3));
  EXPECT_FALSE(window.came("k", 5)) << "who prepared after it has found it in the log";
}

// However many share its places.
TEST(RecentWindow, NeverForgetsAChange) {
  constexpr LeafIndex kMany = 200'000;
  RecentWindow window(0);
  std::size_t too_careful = 0;
  for (LeafIndex i = 0; i < kMany; ++i) {
    const std::string name = std::to_string(i);
    if (stale(window, row(name), std::nullopt, i)) ++too_careful;
    add(window, row(name, i));
    window.add_command({"k" + name, {}, i, 1, i + 1});
  }
  EXPECT_EQ(too_careful, 0u) << "nothing changed since";
  for (LeafIndex i = 0; i < kMany; ++i) {
    const std::string name = std::to_string(i);
    ASSERT_TRUE(stale(window, row(name), std::nullopt, i));
    ASSERT_TRUE(window.came("k" + name, i));
  }
}

}  // namespace countersign::ledger
