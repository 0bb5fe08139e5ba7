// Counts of few are not told, and cannot be worked out from what is: judged by trying every table
// that fits what was told.
#include "projections/statistics/suppression.h"
#include "tests/projections/followed.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

constexpr std::uint64_t kFloor = 5;

std::vector<Counted> margin(const std::vector<std::uint64_t>& counts) {
  std::vector<Counted> out;
  for (std::size_t i = 0; i < counts.size(); ++i)
    out.push_back({i, 0, counts[i], counts[i] < kFloor});
  return out;
}
std::vector<Telling> tellings(const std::vector<Counted>& counts) {
  std::vector<Telling> out;
  for (const auto& one : counts) out.push_back(one.telling);
  return out;
}

constexpr auto kShown = Telling::shown;
constexpr auto kSmall = Telling::small;
constexpr auto kWithheld = Telling::withheld;

TEST(Suppression, ASmallCountAloneTakesTheLeastOtherWithIt) {
  auto counts = margin({3, 20, 9, 40});
  ASSERT_TRUE(suppress(counts, kFloor));
  EXPECT_EQ(tellings(counts), (std::vector{kSmall, kShown, kWithheld, kShown}));
}

TEST(Suppression, SmallCountsHideOneAnotherUnlessTheirSumTells) {
  auto counts = margin({2, 3, 9});
  ASSERT_TRUE(suppress(counts, kFloor));
  EXPECT_EQ(tellings(counts), (std::vector{kSmall, kSmall, kShown}));
  // Two that sum up to two are one each.
  counts = margin({1, 1, 9, 30});
  ASSERT_TRUE(suppress(counts, kFloor));
  EXPECT_EQ(tellings(counts), (std::vector{kSmall, kSmall, kWithheld, kShown}));
  // Two that sum up to eight are four each.
  counts = margin({4, 4, 9, 30});
  ASSERT_TRUE(suppress(counts, kFloor));
  EXPECT_EQ(tellings(counts), (std::vector{kSmall, kSmall, kWithheld, kShown}));
}

TEST(Suppression, WhatWouldTellTheLeastPossibleTakesMore) {
  // One and five: whoever knows that the one is at least one and the other at least five, and the
  // sum, knows both.
  auto counts = margin({1, 5, 30});
  ASSERT_TRUE(suppress(counts, kFloor));
  EXPECT_EQ(tellings(counts), (std::vector{kSmall, kWithheld, kWithheld}));
}

TEST(Suppression, SaysWhenNothingCanBeTold) {
  auto counts = margin({3});
  EXPECT_FALSE(suppress(counts, kFloor));
  counts = margin({1, 1});
  EXPECT_FALSE(suppress(counts, kFloor));
  counts = margin({8, 9});
  EXPECT_TRUE(suppress(counts, kFloor));
  EXPECT_EQ(tellings(counts), (std::vector{kShown, kShown}));
}

// Every value that a reader must think possible for each count, by trying all tables of two by
// three that agree with what was told of cells and margins.
class Reader {
 public:
  Reader(const std::vector<Counted>& cells, const std::vector<Counted>& rows,
         const std::vector<Counted>& columns)
      : cells_(cells), rows_(rows), columns_(columns) {
    for (const auto& one : cells) total_ += one.count;
    possible_cells.resize(cells.size());
    possible_rows.resize(rows.size());
    possible_columns.resize(columns.size());
    guess_.resize(cells.size());
    go(0, 0);
  }
  std::vector<std::set<std::uint64_t>> possible_cells, possible_rows, possible_columns;

 private:
  static bool fits(const Counted& one, std::uint64_t value) {
    if (one.telling == kShown) return value == one.count;
    return one.telling == kSmall ? value >= 1 && value < kFloor : value >= kFloor;
  }
  void go(std::size_t at, std::uint64_t sum) {
    if (sum > total_) return;
    if (at < cells_.size()) {
      for (std::uint64_t value = 0; value <= total_; ++value) {
        if (!fits(cells_[at], value)) continue;
        guess_[at] = value;
        go(at + 1, sum + value);
      }
      return;
    }
    if (sum != total_) return;
    std::vector<std::uint64_t> by_row(rows_.size());
    std::vector<std::uint64_t> by_column(columns_.size());
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      by_row[cells_[i].first] += guess_[i];
      by_column[cells_[i].second] += guess_[i];
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!fits(rows_[i], by_row[i])) return;
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!fits(columns_[i], by_column[i])) return;
    }
    for (std::size_t i = 0; i < cells_.size(); ++i) possible_cells[i].insert(guess_[i]);
    for (std::size_t i = 0; i < rows_.size(); ++i) possible_rows[i].insert(by_row[i]);
    for (std::size_t i = 0; i < columns_.size(); ++i) possible_columns[i].insert(by_column[i]);
  }

  const std::vector<Counted>& cells_;
  const std::vector<Counted>& rows_;
  const std::vector<Counted>& columns_;
  std::uint64_t total_ = 0;
  std::vector<std::uint64_t> guess_;
};

void expect_hidden(const std::vector<Counted>& counts,
                   const std::vector<std::set<std::uint64_t>>& possible) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i].small) {
      EXPECT_GT(possible[i].size(), 1U) << "count " << i << " can be worked out";
    }
  }
}

TEST(Suppression, NoReaderOfATableAndItsMarginsWorksOutASmallCount) {
  std::uint64_t state = 7;
  const auto next = [&](std::uint64_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33U) % below;
  };
  std::size_t told = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Counted> cells;
    std::vector<std::uint64_t> by_row(2);
    std::vector<std::uint64_t> by_column(3);
    for (std::size_t r = 0; r < 2; ++r) {
      for (std::size_t c = 0; c < 3; ++c) {
        const std::uint64_t count = next(8);
        by_row[r] += count;
        by_column[c] += count;
        // What does not occur is no group.
        if (count > 0) cells.push_back({r, c, count, count < kFloor});
      }
    }
    if (std::count(by_row.begin(), by_row.end(), 0U) > 0 ||
        std::count(by_column.begin(), by_column.end(), 0U) > 0) {
      continue;
    }
    auto rows = margin(by_row);
    auto columns = margin(by_column);
    if (!suppress(rows, kFloor) || !suppress(columns, kFloor)) continue;
    if (!suppress(cells, rows, columns, kFloor)) continue;
    ++told;
    const Reader reader(cells, rows, columns);
    expect_hidden(cells, reader.possible_cells);
    expect_hidden(rows, reader.possible_rows);
    expect_hidden(columns, reader.possible_columns);
  }
  EXPECT_GT(told, 5U);
}

TEST(Statistics, CountsByOneAndTwoColumnsAsTheyMayBeTold) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  std::map<std::string, ledger::Cells> rows;
  for (int i = 0; i < 30; ++i) {
    const std::string no = std::to_string(100 + i);
    rows[no] = {{"no", no},
                {"name", i < 2   ? "满"
                         : i < 9 ? "回"
                                 : "汉"},
                {"count", std::to_string(i % 2)}};
  }
  ledger.edit("LIB.filler", "books", rows, october(3, 9));
  const Followed views(ledger);
  const auto& queries = views.statistics();
  const auto one = queries.statistics({"2020", "books", {"name"}, "no", kFloor}).value();
  EXPECT_EQ(one.total, 30U);
  ASSERT_EQ(one.margins.size(), 1U);
  std::map<std::string, Telling> by_name;
  for (const auto& group : one.margins[0]) by_name[*group.values[0]] = group.telling;
  EXPECT_EQ(by_name,
            (std::map<std::string, Telling>{{"满", kSmall}, {"回", kWithheld}, {"汉", kShown}}));
  const auto both = queries.statistics({"2020", "books", {"name", "count"}, "no", kFloor}).value();
  ASSERT_EQ(both.margins.size(), 2U);
  for (const auto& cell : both.cells) {
    // 满: one and one; 回: four and three.
    EXPECT_EQ(cell.telling == kSmall, *cell.values[0] != "汉") << cell.count;
  }
  // Where rows are about nobody everything is told.
  const auto things = queries.statistics({"2020", "books", {"name"}, "", 0}).value();
  for (const auto& group : things.margins[0]) EXPECT_EQ(group.telling, kShown);
  EXPECT_FALSE(queries.statistics({"2020", "books", {"none"}, "", 0}));
}

// Many rows of few persons are few.
TEST(Statistics, CountsPersonsNotRows) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  std::map<std::string, ledger::Cells> rows;
  for (int i = 0; i < 24; ++i) {
    const std::string no = std::to_string(100 + i);
    rows[no] = {{"no", no}, {"name", i < 8 ? "one person" : no}, {"count", i < 8 ? "1" : "2"}};
  }
  ledger.edit("LIB.filler", "books", rows, october(3, 9));
  const Followed views(ledger);
  const auto told =
      views.statistics().statistics({"2020", "books", {"count"}, "name", kFloor}).value();
  ASSERT_EQ(told.margins[0].size(), 2U);
  EXPECT_EQ(told.margins[0][0].count, 8U);
  EXPECT_EQ(told.margins[0][0].telling, kSmall);
  EXPECT_EQ(told.margins[0][1].telling, kWithheld);
}

}  // namespace
}  // namespace countersign::projections
