#include "projections/trace/queries.h"
#include "tests/projections/followed.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::Cells;
using ledger::Duration;
using ledger::LeafIndex;

class TraceTest : public ::testing::Test {
 protected:
  TraceTest() {
    ledger_.assign_and_open(october(2, 8));
    first_ = ledger_.edit("OFFICE.filler", "units",
                          {{"1", {{"no", "1"}, {"name", "甲"}, {"count", "7"}, {"money", "10.25"}}},
                           {"2", {{"no", "2"}, {"name", "乙"}}}},
                          october(3, 9));
    ledger_.submit("OFFICE.filler", "units", october(3, 10));
    ledger_.approve("OFFICE.reviewer", "units", "review", october(3, 11));
    second_ =
        ledger_.edit("OFFICE.filler", "units",
                     {{"1", {{"no", "1"}, {"name", "甲"}, {"count", "8"}, {"money", "10.25"}}}},
                     october(4, 9), "miscounted");
    third_ = ledger_.edit("OFFICE.filler", "units", {{"2", {}}, {"3", {{"no", "3"}}}},
                          october(5, 9), "closed");
  }

  static ChangeFilter of_units(const std::string& row = "", const std::string& column = "") {
    ChangeFilter filter;
    filter.campaign = "2020";
    filter.table = "units";
    filter.row = row;
    filter.column = column;
    return filter;
  }

  TestLedger ledger_;
  LeafIndex first_ = 0, second_ = 0, third_ = 0;
};

TEST_F(TraceTest, HistoryOfACellSaysWhoWhenFromToWhyAndUnderWhichState) {
  const Followed views(ledger_);
  const auto changes = views.trace().changes(of_units("1", "count"), {}).value();
  ASSERT_EQ(changes.rows.size(), 2U);
  const CellChange& newest = changes.rows[0];
  EXPECT_EQ(newest.by.index, second_);
  EXPECT_EQ(newest.from, "7");
  EXPECT_EQ(newest.to, "8");
  EXPECT_EQ(newest.by.person, "p-OFFICE.filler");
  EXPECT_EQ(newest.by.person_name, "Name of OFFICE.filler");
  EXPECT_EQ(newest.by.account, "OFFICE.filler");
  EXPECT_EQ(newest.by.role, "filler");
  EXPECT_EQ(newest.by.department, "OFFICE");
  EXPECT_EQ(newest.by.received_at, october(4, 9));
  EXPECT_EQ(newest.by.reason, "miscounted");
  EXPECT_EQ(newest.by.review_state, "approved:review");
  EXPECT_EQ(newest.by.version, 2U);
  EXPECT_EQ(newest.item, 1U);  // the reason is item 0
  EXPECT_FALSE(newest.row_added);
  EXPECT_EQ(changes.rows[1].from, std::nullopt);
  EXPECT_EQ(changes.rows[1].to, "7");
  EXPECT_TRUE(changes.rows[1].row_added);
  EXPECT_EQ(changes.rows[1].item, 0U);
  EXPECT_EQ(changes.rows[1].by.review_state, "open");
}

TEST_F(TraceTest, HistoryOfATableIsNewestFirstAndPagesWithoutLossOrRepetition) {
  const Followed views(ledger_);
  const auto whole = views.trace().changes(of_units(), {}).value();
  ASSERT_EQ(whole.rows.size(), 10U);  // 4 + 2, 1, 2 removed + 1 added
  EXPECT_TRUE(whole.rows[0].row == "3" && whole.rows[0].row_added);
  EXPECT_TRUE(whole.rows[1].row == "2" && whole.rows[1].row_removed);
  EXPECT_EQ(whole.rows[1].to, std::nullopt);
  std::vector<CellChange> paged;
  PageRequest request{"", 3};
  do {
    auto page = views.trace().changes(of_units(), request).value();
    EXPECT_LE(page.rows.size(), 3U);
    paged.insert(paged.end(), page.rows.begin(), page.rows.end());
    request.after = page.next;
  } while (!request.after.empty());
  ASSERT_EQ(paged.size(), whole.rows.size());
  for (std::size_t i = 0; i < paged.size(); ++i) {
    EXPECT_EQ(paged[i].by.index, whole.rows[i].by.index);
    EXPECT_EQ(paged[i].row + paged[i].column, whole.rows[i].row + whole.rows[i].column);
  }
}

TEST_F(TraceTest, ChangesCanBeNarrowedAndReadInTheOrderTheyHappened) {
  const Followed views(ledger_);
  ChangeFilter filter = of_units();
  filter.oldest_first = true;
  auto changes = views.trace().changes(filter, {}).value();
  ASSERT_EQ(changes.rows.size(), 10U);
  EXPECT_EQ(changes.rows.front().by.index, first_);
  EXPECT_EQ(changes.rows.back().by.index, third_);
  EXPECT_TRUE(std::ranges::is_sorted(
      changes.rows, {}, [](const CellChange& c) { return std::pair(c.by.index, c.item); }));

  filter.table = "";
  filter.from = october(4, 9);
  filter.until = october(5, 9);
  changes = views.trace().changes(filter, {}).value();
  ASSERT_EQ(changes.rows.size(), 1U);
  EXPECT_EQ(changes.rows[0].table, "units");
  EXPECT_EQ(changes.rows[0].by.index, second_);
  EXPECT_EQ(changes.rows[0].row_before->at("count"), "7");
  EXPECT_EQ(changes.rows[0].row_after->at("count"), "8");

  filter.person = "p-HR.filler";
  EXPECT_TRUE(views.trace().changes(filter, {}).value().rows.empty());
  filter.person = "p-OFFICE.filler";
  filter.department = "OFFICE";
  EXPECT_EQ(views.trace().changes(filter, {}).value().rows.size(), 1U);
}

TEST_F(TraceTest, EntriesOfATableAreNewestFirst) {
  const Followed views(ledger_);
  const auto page = views.trace().acts(of_units(), {"", 2}).value();
  ASSERT_EQ(page.rows.size(), 2U);
  EXPECT_EQ(page.rows[0].by.index, third_);
  EXPECT_EQ(page.rows[0].rows, 2U);
  EXPECT_EQ(page.rows[0].table, "units");
  EXPECT_EQ(page.rows[1].by.index, second_);
  const auto rest = views.trace().acts(of_units(), {page.next, 100}).value();
  EXPECT_EQ(rest.rows.back().by.type, "task.assigned");
  EXPECT_TRUE(rest.next.empty());
}

TEST_F(TraceTest, ActsAreOfThePersonTheDepartmentAndThePeriod) {
  const Followed views(ledger_);
  EntryFilter filter;
  filter.campaign = "2020";
  filter.person = "p-OFFICE.reviewer";
  auto acts = views.trace().acts(filter, {}).value();
  ASSERT_EQ(acts.rows.size(), 1U);
  EXPECT_EQ(acts.rows[0].by.type, "table.approved");
  EXPECT_EQ(acts.rows[0].rows, 0U);
  filter = {.campaign = "2020",
            .table = "",
            .person = "",
            .department = "OFFICE",
            .type = "",
            .from = october(4, 0),
            .until = october(5, 0)};
  acts = views.trace().acts(filter, {}).value();
  ASSERT_EQ(acts.rows.size(), 1U);
  EXPECT_EQ(acts.rows[0].by.index, second_);
}

TEST_F(TraceTest, BlameNamesTheEntryThatGaveEachCellItsValue) {
  const Followed views(ledger_);
  const auto blame = views.trace().blame("2020", "units", std::nullopt, {}).value();
  ASSERT_EQ(blame.page.rows.size(), 2U);
  const auto entry_of = [&](std::size_t row, const std::string& column) {
    for (const auto& cell : blame.page.rows[row].blame) {
      if (cell.column == column) return cell.index;
    }
    return LeafIndex{0};
  };
  EXPECT_EQ(entry_of(0, "name"), first_);
  EXPECT_EQ(entry_of(0, "money"), first_);
  EXPECT_EQ(entry_of(0, "count"), second_);
  EXPECT_EQ(entry_of(1, "no"), third_);
  EXPECT_EQ(blame.entries.at(second_).reason, "miscounted");

  const auto before = views.trace().blame("2020", "units", second_, {}).value();
  ASSERT_EQ(before.page.rows.size(), 2U);
  EXPECT_EQ(before.page.rows[1].key, "2");
  for (const auto& row : before.page.rows) {
    for (const auto& cell : row.blame) EXPECT_EQ(cell.index, first_) << cell.column;
  }
}

// The reference: two replays compared cell by cell.
TEST_F(TraceTest, DiffOfEveryTwoSizesEqualsTwoReplaysCompared) {
  ledger_.edit("OFFICE.filler", "units",
               {{"1", {{"no", "1"}, {"name", "甲"}, {"count", "7"}, {"money", "10.25"}}}},
               october(6, 9));
  const Followed views(ledger_);
  for (ledger::TreeSize from = 0; from <= ledger_.size(); ++from) {
    for (ledger::TreeSize to = from; to <= ledger_.size(); ++to) {
      const auto diff = views.trace().diff("2020", "units", from, to, {}).value();
      auto rebuilt = ledger_.replay("units", from);
      std::uint64_t cells = 0;
      for (const auto& row : diff.rows) {
        Cells& then = rebuilt[row.key];
        for (const auto& cell : row.cells) {
          const auto at = then.find(cell.column);
          EXPECT_EQ(cell.from, at == then.end() ? ledger::Cell() : at->second);
          EXPECT_NE(cell.from, cell.to);
          EXPECT_GE(cell.index, from);
          EXPECT_LT(cell.index, to);
          then[cell.column] = cell.to;
          ++cells;
        }
        std::erase_if(then, [](const auto& cell) { return !cell.second; });
        if (row.kind == RowDifference::Kind::removed) {
          EXPECT_TRUE(then.empty());
          rebuilt.erase(row.key);
        }
      }
      EXPECT_EQ(rebuilt, ledger_.replay("units", to)) << from << " to " << to;
      EXPECT_EQ(diff.cells, cells);
      EXPECT_EQ(diff.added + diff.changed + diff.removed, diff.rows.size());
    }
  }
}

TEST_F(TraceTest, DiffPagesAndCountsTheWhole) {
  const Followed views(ledger_);
  std::vector<std::string> keys;
  PageRequest request{"", 1};
  do {
    const auto page = views.trace().diff("2020", "units", 0, ledger_.size(), request).value();
    EXPECT_EQ(page.added, 2U);
    for (const auto& row : page.rows) keys.push_back(row.key);
    request.after = page.next;
  } while (!request.after.empty());
  EXPECT_EQ(keys, (std::vector<std::string>{"1", "3"}));
}

TEST_F(TraceTest, WhatChangedSinceAPassStartsAtTheStatement) {
  const Followed views(ledger_);
  const auto& trace = views.trace();
  const auto passed = trace.size_at_statement("2020", "units", "", "p-OFFICE.reviewer", 0).value();
  const auto diff = trace.diff("2020", "units", passed, ledger_.size(), {}).value();
  EXPECT_EQ(diff.changed, 1U);
  EXPECT_EQ(diff.removed, 1U);
  EXPECT_EQ(diff.added, 1U);
  EXPECT_EQ(trace.size_at_statement("2020", "units", "submission", "", 1).value() + 1, passed);
  EXPECT_EQ(trace.size_at_statement("2020", "units", "submission", "", 2).error().code,
            ledger::Errc::not_found);
  EXPECT_EQ(trace.size_at_statement("2020", "units", "", "p-HR.reviewer", 0).error().code,
            ledger::Errc::not_found);
}

TEST_F(TraceTest, LateChangesAreMeasuredFromTheMilestone) {
  ledger_.edit("OFFICE.filler", "units", {{"5", {{"no", "5"}}}}, october(11, 0, 1), "late");
  const Followed views(ledger_);
  EntryFilter filter;
  filter.campaign = "2020";
  Milestone milestone;
  auto late = views.trace().late_changes(filter, milestone, {}).value();
  ASSERT_EQ(late.rows.size(), 1U);
  EXPECT_EQ(late.rows[0].milestone, october(11, 0));
  EXPECT_EQ(late.rows[0].late, Duration::seconds(60));
  EXPECT_EQ(late.rows[0].act.rows, 1U);

  milestone.kind = Milestone::Kind::statement;
  milestone.level = "review";
  late = views.trace().late_changes(filter, milestone, {}).value();
  ASSERT_EQ(late.rows.size(), 3U);
  EXPECT_EQ(late.rows[2].act.by.index, second_);
  EXPECT_TRUE(late.rows[2].milestone_entry.has_value());
  milestone.level = "first_review";
  EXPECT_TRUE(views.trace().late_changes(filter, milestone, {}).value().rows.empty());

  milestone.kind = Milestone::Kind::instant;
  milestone.at = october(5, 9);
  EXPECT_EQ(views.trace().late_changes(filter, milestone, {}).value().rows.size(), 1U)
      << "what is received at the instant itself is in time";
}

}  // namespace
}  // namespace countersign::projections
