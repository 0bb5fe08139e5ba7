// The views' file, changed behind the service's back: whatever is done to it is found by name.
#include "projections/view_audit.h"

#include "projections/view_store.h"
#include "tests/projections/followed.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

class ViewAuditTest : public ::testing::Test {
 protected:
  ViewAuditTest() {
    ledger_.assign_and_open(october(2, 8));
    ledger_.fill_and_submit("OFFICE", "units", october(9, 9));
    ledger_.edit("HR.filler", "staff", {{"1", {{"no", "1"}}}, {"2", {{"no", "2"}}}},
                 october(10, 9));
    follow();
  }

  void follow() {
    auto views = Views::open(ledger_.reader(), {.file = directory_.file()}).value();
    EXPECT_TRUE(views->wait_for(ledger_.size(), std::chrono::seconds(20)));
  }
  void change(const std::string& sql) {
    auto store = ViewStore::open(directory_.file(), "", 1).value();
    ASSERT_TRUE(store->writer().script(sql)) << sql;
  }
  ViewAudit audit() {
    auto done = audit_views(ledger_.reader(), directory_.file(), {});
    if (!done || !*done) throw std::runtime_error(done ? "no views" : done.error().detail);
    return **std::move(done);
  }

  TestLedger ledger_;
  ViewsDirectory directory_;
};

TEST_F(ViewAuditTest, FindsNothingInViewsThatWereLeftAlone) {
  const ViewAudit found = audit();
  EXPECT_EQ(found.entries, ledger_.size());
  EXPECT_GT(found.tables, 40U);
  EXPECT_TRUE(found.differences.empty())
      << found.differences.front().table << ": " << found.differences.front().what;
  EXPECT_EQ(found.file, directory_.file());
  EXPECT_FALSE(std::filesystem::exists(directory_.file("views.audit.sqlite")));
}

TEST_F(ViewAuditTest, ViewsThatStoppedEarlierAreHeldAgainstTheirOwnSize) {
  const auto before = ledger_.size();
  ledger_.edit("HR.filler", "staff", {{"3", {{"no", "3"}}}}, october(10, 10));
  const ViewAudit found = audit();
  EXPECT_EQ(found.entries, before);
  EXPECT_TRUE(found.differences.empty());
  follow();
  EXPECT_EQ(audit().entries, ledger_.size());
  EXPECT_TRUE(audit().differences.empty());
}

TEST_F(ViewAuditTest, NamesWhateverWasChanged) {
  struct Case {
    const char* sql;
    const char* table;
    std::uint64_t missing, foreign;
  };
  for (const Case& one : std::vector<Case>{
           {"UPDATE t_2020_staff SET no = '9' WHERE no = '1'", "t_2020_staff", 1, 1},
           {"DELETE FROM t_2020_staff WHERE no = '1'", "t_2020_staff", 1, 0},
           {"DELETE FROM entries WHERE idx = 3", "entries", 1, 0},
           {"UPDATE tasks SET due = due + 1 WHERE tbl = 'staff'", "tasks", 1, 1},
           {"CREATE TABLE kept_aside (x)", "kept_aside", 0, 0},
           {"CREATE TRIGGER later AFTER INSERT ON entries BEGIN DELETE FROM facts; END", "later", 0,
            0},
           {"DROP TABLE bulletin_texts", "bulletin_texts", 0, 0},
           {"UPDATE meta SET value = 'x' WHERE name = 'last_header'", "meta", 1, 1}}) {
    follow();
    ASSERT_TRUE(audit().differences.empty()) << one.sql;
    change(one.sql);
    const ViewAudit found = audit();
    const auto named = std::find_if(found.differences.begin(), found.differences.end(),
                                    [&](const auto& two) { return two.table == one.table; });
    ASSERT_NE(named, found.differences.end()) << one.sql;
    EXPECT_EQ(named->missing, one.missing) << one.sql;
    EXPECT_EQ(named->foreign, one.foreign) << one.sql;
    ASSERT_TRUE(ViewStore::discard(directory_.file()));
  }
}

TEST_F(ViewAuditTest, TheSnapshotOfTheStateIsHeldAgainstTheFold) {
  // One of an earlier size is whole, decodes, and is not what the log gives at that size.
  ViewsDirectory other;
  TestLedger otherwise;
  otherwise.assign_and_open(october(2, 8));
  otherwise.fill_and_submit("OFFICE", "units", october(9, 9));
  otherwise.edit("HR.filler", "staff", {{"1", {{"no", "1"}}}}, october(10, 9));
  Views::open(otherwise.reader(), {.file = other.file()})
      .value()
      ->wait_for(otherwise.size(), std::chrono::seconds(20));
  ASSERT_LE(otherwise.size(), ledger_.size());
  change("ATTACH '" + other.file().string() +
         "' AS other; UPDATE meta SET value = (SELECT value FROM other.meta WHERE name = 'state')"
         " WHERE name = 'state'");
  const ViewAudit found = audit();
  ASSERT_EQ(found.differences.size(), 1U);
  EXPECT_NE(found.differences.front().what.find("snapshot"), std::string::npos);
}

TEST_F(ViewAuditTest, ClaimsThatCannotBeAreFound) {
  change("UPDATE meta SET value = 4000 WHERE name = 'applied'");
  ASSERT_EQ(audit().differences.size(), 1U);
  change("DELETE FROM meta");
  ASSERT_EQ(audit().differences.size(), 1U);
}

TEST_F(ViewAuditTest, WithoutViewsThereIsNothingToSay) {
  ASSERT_TRUE(ViewStore::discard(directory_.file()));
  const auto done = audit_views(ledger_.reader(), directory_.file(), {});
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
}

}  // namespace
}  // namespace countersign::projections
