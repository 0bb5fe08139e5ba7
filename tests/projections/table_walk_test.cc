// Walking tables of many rows: what is looked up ahead is what was recorded, and every way to end
// early leaves the store usable.
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace countersign::projections {
namespace {

using ledger::Errc;
using ledger::Result;
using ledger::TreeSize;

using CellsByKey = std::map<std::string, std::string>;

constexpr int kRows = 3000;
const Edition kEdition{1, ""};

std::string key_of(int row) { return std::to_string(100'000 + row); }

class TableWalk : public ::testing::Test {
 protected:
  TableWalk() { EXPECT_TRUE(store_->script(kTablesSchema)); }

  // One entry that changes one row; no cells: removes it.
  void change(int row, const std::string& cells) {
    EXPECT_TRUE(store_->execute(
        "INSERT INTO row_changes (id, edition, key, removed, cells) VALUES (?, ?, ?, ?, ?)",
        change_id(log_.size(), 0), kEdition.id, key_of(row), cells.empty() ? 1 : 0, cells));
    log_.emplace_back(key_of(row), cells);
  }

  // All rows in an order that is not that of their keys; then some anew, some very long, some
  // removed.
  void fill() {
    EXPECT_TRUE(store_->script("BEGIN"));
    for (int i = 0; i < kRows; ++i) change(i * 7 % kRows, "first " + std::to_string(i));
    for (int i = 0; i < kRows; i += 3) change(i, "second " + std::to_string(i));
    for (int i = 0; i < kRows; i += 500) change(i, std::string(300'000, 'x') + key_of(i));
    for (int i = 1; i < kRows; i += 5) change(i, "");
    for (int i = 1; i < kRows; i += 50) change(i, "again");
    EXPECT_TRUE(store_->script("COMMIT"));
  }

  CellsByKey replay(TreeSize size, const std::string& from = "") const {
    CellsByKey rows;
    for (TreeSize i = 0; i < size; ++i) {
      if (log_[i].first <= from) continue;
      if (log_[i].second.empty()) {
        rows.erase(log_[i].first);
      } else {
        rows[log_[i].first] = log_[i].second;
      }
    }
    return rows;
  }

  countersign::testing::TempDir directory_;
  std::unique_ptr<Database> store_ =
      Database::open(directory_ / "store.sqlite", Database::Mode::write).value();
  std::vector<std::pair<std::string, std::string>> log_;  // key, cells
  const std::thread::id caller_ = std::this_thread::get_id();
};

// How a table is walked.
struct Way {
  const char* name;
  Visitor visitor;
  bool beside = false;  // with a second connection
};

class TableWalkTest : public TableWalk, public ::testing::WithParamInterface<Way> {
 protected:
  Result<void> walk(TreeSize size, const std::string& from,
                    const std::function<Result<bool>(const StoredRow&)>& visit) {
    if (GetParam().beside && beside_ == nullptr) {
      beside_ = Database::open(directory_ / "store.sqlite", Database::Mode::read).value();
    }
    return walk_texts(*store_, kEdition, size, from, GetParam().visitor, visit, beside_.get());
  }

  std::unique_ptr<Database> beside_;

  // Keys have to come in order.
  CellsByKey walked(TreeSize size, const std::string& from = "") {
    CellsByKey rows;
    EXPECT_TRUE(walk(size, from, [&](const StoredRow& row) -> Result<bool> {
      EXPECT_TRUE(rows.empty() || rows.rbegin()->first < row.key);
      EXPECT_EQ(log_.at(change_index(row.change)).first, row.key);
      rows.emplace(row.key, row.cells);
      return true;
    }));
    return rows;
  }
};

TEST_P(TableWalkTest, AsOfAnySizeEqualsTheReplay) {
  fill();
  for (const TreeSize size : {TreeSize{0}, TreeSize{1}, TreeSize{127}, TreeSize{128}, TreeSize{129},
                              TreeSize{384}, TreeSize{385}, TreeSize{2999}, TreeSize{3500},
                              TreeSize{4003}, TreeSize{4300}, TreeSize{log_.size()}}) {
    EXPECT_TRUE(walked(size) == replay(size)) << size;
  }
  const TreeSize all = log_.size();
  EXPECT_TRUE(walked(all, key_of(1234)) == replay(all, key_of(1234)));
  EXPECT_TRUE(walked(all, key_of(kRows)).empty());
}

TEST_P(TableWalkTest, EndsWhereTheVisitorDoesOnTheCallersThread) {
  fill();
  const CellsByKey rows = replay(log_.size());
  for (const std::size_t wanted : {1U, 128U, 129U, 300U, 400U, 1500U}) {
    auto expected = rows.begin();
    std::size_t visited = 0;
    ASSERT_TRUE(walk(log_.size(), "", [&](const StoredRow& row) -> Result<bool> {
      EXPECT_EQ(std::this_thread::get_id(), caller_);
      EXPECT_EQ(row.key, expected++->first);
      return ++visited < wanted;
    }));
    EXPECT_EQ(visited, wanted);
  }
  EXPECT_TRUE(walked(log_.size()) == rows);
}

TEST_P(TableWalkTest, WhatTheVisitorRefusesOrThrowsComesOut) {
  fill();
  std::size_t visited = 0;
  const auto refused = walk(log_.size(), "", [&](const StoredRow&) -> Result<bool> {
    if (++visited == 500) return ledger::Error{Errc::malformed, "refused"};
    return true;
  });
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_EQ(visited, 500U);
  const auto throws = [](const StoredRow& row) -> Result<bool> {
    if (row.key == key_of(700)) throw std::runtime_error("thrown");
    return true;
  };
  EXPECT_THROW(static_cast<void>(walk(log_.size(), "", throws)), std::runtime_error);
  EXPECT_TRUE(walked(log_.size()) == replay(log_.size()));
}

TEST_P(TableWalkTest, AnErrorOfTheStoreComesOutAfterTheRowsBeforeIt) {
  fill();
  // Reading the cells of one row fails from now on.
  ASSERT_TRUE(store_->script(
      "ALTER TABLE row_changes RENAME TO recorded;"
      "CREATE VIEW row_changes AS SELECT id, edition, key, removed,"
      " CASE key WHEN '" + key_of(2000) + "' THEN abs(-9223372036854775807 - 1) ELSE cells END"
      " AS cells FROM recorded"));
  CellsByKey rows = replay(log_.size());
  std::size_t visited = 0;
  auto expected = rows.begin();
  const auto failed = walk(log_.size(), "", [&](const StoredRow& row) -> Result<bool> {
    EXPECT_EQ(row.key, expected++->first);
    ++visited;
    return true;
  });
  EXPECT_EQ(failed.error().code, Errc::io);
  EXPECT_GT(visited, 384U);
  EXPECT_LT(visited, 2000U);
}

TEST_F(TableWalk, AVisitorMayAskTheStoreWhenItSaysSo) {
  fill();
  std::size_t visited = 0;
  const auto visit = [&](const StoredRow& row) -> Result<bool> {
    auto query = store_->query("SELECT key FROM row_changes WHERE id = ?");
    CS_TRY(const bool found, query.bind(row.change).step());
    EXPECT_TRUE(found && query.text(0) == row.key);
    ++visited;
    return true;
  };
  ASSERT_TRUE(walk_texts(*store_, kEdition, log_.size(), "", Visitor::asks_store, visit));
  EXPECT_EQ(visited, replay(log_.size()).size());
}

// What was erased since the walk began is looked up where it still stands.
TEST_F(TableWalk, AConnectionBesideMaySeeALaterMoment) {
  fill();
  const auto reader = Database::open(directory_ / "store.sqlite", Database::Mode::read).value();
  ASSERT_TRUE(reader->script("BEGIN"));
  {
    auto query = reader->query("SELECT count(*) FROM row_changes");
    ASSERT_TRUE(query.step());  // the moment of what it reads from here on
  }
  ASSERT_TRUE(store_->script("DELETE FROM row_changes WHERE id % 3 = 0"));
  CellsByKey rows;
  const auto visit = [&](const StoredRow& row) -> Result<bool> {
    rows.emplace(row.key, row.cells);
    return true;
  };
  ASSERT_TRUE(walk_texts(*reader, kEdition, log_.size(), "", Visitor::leaves_store, visit,
                         store_.get()));
  EXPECT_TRUE(rows == replay(log_.size()));
}

INSTANTIATE_TEST_SUITE_P(Visitors, TableWalkTest,
                         ::testing::Values(Way{"AsksStore", Visitor::asks_store},
                                           Way{"LeavesStore", Visitor::leaves_store},
                                           Way{"Beside", Visitor::leaves_store, true}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace countersign::projections
