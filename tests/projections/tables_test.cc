#include "projections/view_store.h"
#include "tests/projections/followed.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::Cells;
using ledger::LeafIndex;

class TablesTest : public ::testing::Test {
 protected:
  TablesTest() {
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

  TestLedger ledger_;
  LeafIndex first_ = 0, second_ = 0, third_ = 0;
};

TEST_F(TablesTest, EveryPrefixEqualsTheReplay) {
  const Followed views(ledger_);
  for (ledger::TreeSize size = 0; size <= ledger_.size(); ++size) {
    std::map<std::string, Cells> rows;
    const auto as_of = views.tables().each_row("2020", "units", size, {}, [&](const auto& row) {
      EXPECT_LT(row.etag, size);
      rows[row.key] = row.cells;
      return true;
    });
    EXPECT_EQ(as_of.value(), size);
    EXPECT_EQ(rows, ledger_.replay("units", size)) << size;
    auto left = rows.begin();
    ASSERT_TRUE(views.tables().each_row_text("2020", "units", size, [&](const auto& row) {
      Cells cells;
      for (const auto& cell : row.cells) {
        cells[std::string(cell.column)] =
            cell.null ? ledger::Cell() : ledger::Cell(std::string(cell.value));
      }
      EXPECT_NE(left, rows.end());
      EXPECT_EQ((std::pair<const std::string, Cells>(row.key, cells)), *left++);
      return true;
    }));
    EXPECT_EQ(left, rows.end());
  }
}

TEST_F(TablesTest, AnExportOfManyRowsIsTheirPages) {
  std::map<std::string, Cells> rows;
  for (int i = 100; i < 1500; ++i) {
    const std::string no = std::to_string(i);
    rows[no] = {{"no", no}, {"name", "机构 \"" + no + "\""}};
  }
  ledger_.edit("OFFICE.filler", "units", rows, october(6, 9), "many");
  const ledger::TreeSize before = ledger_.size();
  Followed views(ledger_);
  std::vector<CurrentRow> paged;
  PageRequest request{"", 500};
  do {
    const auto page = views.tables().rows("2020", "units", {}, request).value();
    EXPECT_EQ(page.as_of, before);
    paged.insert(paged.end(), page.rows.begin(), page.rows.end());
    request.after = page.next;
  } while (!request.after.empty());
  EXPECT_EQ(paged.size(), ledger_.replay("units", before).size());

  std::map<std::string, Cells> later;
  for (int i = 100; i < 1500; i += 2) later[std::to_string(i)] = {};
  ledger_.edit("OFFICE.filler", "units", later, october(6, 10), "gone");
  ASSERT_TRUE(views.views().wait_for(ledger_.size(), std::chrono::seconds(20)));
  auto left = paged.begin();
  ASSERT_TRUE(views.tables().each_row("2020", "units", before, {}, [&](const auto& row) {
    EXPECT_EQ(row.key, left->key);
    EXPECT_EQ(row.cells, left->cells);
    EXPECT_EQ(row.etag, left->etag);
    return ++left != paged.end();
  }));
  EXPECT_EQ(left, paged.end());
  left = paged.begin();
  ASSERT_TRUE(views.tables().each_row_text("2020", "units", before, [&](const auto& row) {
    EXPECT_EQ(row.key, left->key);
    EXPECT_EQ(row.cells.size(), left->cells.size());
    for (const auto& cell : row.cells) {
      EXPECT_EQ(left->cells.at(std::string(cell.column)), std::string(cell.value));
    }
    return ++left != paged.end();
  }));
  EXPECT_EQ(left, paged.end());
}

TEST_F(TablesTest, PagesOfRowsBelongToTheSizeOfTheFirst) {
  Followed views(ledger_);
  const auto first = views.tables().rows("2020", "units", {}, {"", 1}).value();
  ASSERT_EQ(first.rows.size(), 1U);
  EXPECT_EQ(first.rows[0].key, "1");
  EXPECT_EQ(first.rows[0].etag, second_);
  EXPECT_EQ(first.rows[0].cells.at("money"), "10.25");
  ledger_.edit("OFFICE.filler", "units", {{"3", {}}}, october(6, 9), "gone");
  ASSERT_TRUE(views.views().wait_for(ledger_.size(), std::chrono::seconds(20)));
  const auto next = views.tables().rows("2020", "units", {}, {first.next, 10}).value();
  ASSERT_EQ(next.rows.size(), 1U);
  EXPECT_EQ(next.rows[0].key, "3");
  EXPECT_EQ(next.as_of, first.as_of);
  EXPECT_FALSE(views.tables().row("2020", "units", "3"));
  EXPECT_EQ(views.tables().rows("2020", "units", {}, {"x", 1}).error().code,
            ledger::Errc::malformed);
}

TEST_F(TablesTest, FiltersCompareInTheFormCellsAreRecordedIn) {
  const Followed views(ledger_);
  EXPECT_EQ(views.tables().rows("2020", "units", {"money", "10.250"}, {}).value().rows.size(), 1U);
  EXPECT_EQ(views.tables().rows("2020", "units", {"count", ""}, {}).value().rows.at(0).key, "3");
  EXPECT_EQ(views.tables().rows("2020", "units", {"nowhere", "1"}, {}).error().code,
            ledger::Errc::malformed);
  EXPECT_EQ(views.tables().rows("2020", "nowhere", {}, {}).error().code, ledger::Errc::not_found);
}

TEST_F(TablesTest, AnInstantBecomesATreeSize) {
  const Followed views(ledger_);
  EXPECT_EQ(views.tables().size_at(october(5, 8)).value(), third_);
  EXPECT_EQ(views.tables().size_at(october(5, 9)).value(), third_ + 1);
  EXPECT_EQ(views.tables().size_at(october(1, 7)).value(), 0U);
}

TEST_F(TablesTest, TheTypedTableFollowsTheDefinition) {
  ledger_.add_column("units", "note", october(6, 9));
  ledger_.edit("OFFICE.filler", "units", {{"4", {{"no", "4"}, {"note", "new"}}}}, october(6, 10));
  ViewsDirectory directory;
  auto views = Views::open(ledger_.reader(), {.file = directory.file()}).value();
  ASSERT_TRUE(views->wait_for(ledger_.size(), std::chrono::seconds(20)));
  auto database = Database::open(directory.file(), Database::Mode::read).value();
  auto query = database->query(
      "SELECT _key, count + 1, money * 2 > 20, note, typeof(money) FROM t_2020_units ORDER BY "
      "_key");
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(0), "1");
  EXPECT_EQ(query.integer(1), 9);
  EXPECT_EQ(query.integer(2), 1);
  EXPECT_TRUE(query.is_null(3));
  EXPECT_EQ(query.text(4), "real");
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(0), "3");
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(3), "new");
  EXPECT_FALSE(query.step().value());
}

}  // namespace
}  // namespace countersign::projections
