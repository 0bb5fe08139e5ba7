// fsck over a database that was damaged behind the engine's back: what is unreadable is a finding
// about its entry, and the rest is still checked.
#include "ledger/fsck.h"
#include "ledger/log/key_schema.h"
#include "ledger/log/rocks_event_log.h"
#include "tests/log/bare_database.h"
#include "tests/reader/sample_ledger.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

class FsckRocks : public ::testing::Test {
 protected:
  FsckRocks() {
    for (int i = 0; i < 20; ++i) sample_.change("staff", {{std::to_string(i % 7), "value"}});
    sample_.take_snapshot();
    sample_.change("books", {{"1", "x"}});
    sample_.write(*open({0, false}));
  }

  std::unique_ptr<EventLog> open(const RocksOptions& options) const {
    return open_rocks_event_log(directory_.path(), options).value();
  }
  std::vector<Finding> findings() const {
    return fsck(*open({0, true}), sample_.vkey(), {}).value().findings;
  }
  template <typename Change>
  void change(Change change) {
    with_bare_database(directory_.path(), change);
  }

  countersign::testing::TempDir directory_;
  SampleLedger sample_;
};

TEST_F(FsckRocks, FindsNothingInAWholeLedger) {
  for (const Finding& finding : findings()) ADD_FAILURE() << finding.what;
}

TEST_F(FsckRocks, GoesOnAfterAMissingHeaderAndPayload) {
  change([](rocksdb::DB& db, auto family) {
    ASSERT_TRUE(db.Delete({}, family(Family::headers), number_key(9)).ok());
    ASSERT_TRUE(db.Delete({}, family(Family::payloads), number_key(15)).ok());
  });
  std::vector<LeafIndex> unreadable;
  for (const Finding& finding : findings()) {
    if (finding.what.find("is not readable") != std::string::npos) {
      unreadable.push_back(finding.index.value());
    }
  }
  EXPECT_EQ(unreadable, (std::vector<LeafIndex>{9, 15}));
}

TEST_F(FsckRocks, FindsRecordsThatDoNotParse) {
  change([](rocksdb::DB& db, auto family) {
    ASSERT_TRUE(db.Put({}, family(Family::commands), "command-6", "short").ok());
    ASSERT_TRUE(db.Put({}, family(Family::row_heads), row_key("2020", "books", "1"), "x").ok());
    ASSERT_TRUE(db.Put({}, family(Family::meta), kMetaSnapshot, "short").ok());
    // The record that holds the node begins with an earlier one.
    const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator({}, family(Family::nodes)));
    at->SeekForPrev(number_key(dense_id({0, 3})));
    ASSERT_TRUE(at->Valid());
    ASSERT_TRUE(db.Put({}, family(Family::nodes), at->key(), "short").ok());
  });
  std::string all;
  for (const Finding& finding : findings()) {
    all += (finding.index ? std::to_string(*finding.index) : "-") + " " + finding.what + "\n";
  }
  EXPECT_NE(all.find("6 The record of the entry's command is not readable."), std::string::npos);
  EXPECT_NE(all.find("- The row heads of a table are not readable"), std::string::npos);
  EXPECT_NE(all.find("- The state snapshot is not readable."), std::string::npos);
  EXPECT_NE(all.find("3 The tree node at level 0, place 3, is missing or not readable."),
            std::string::npos);
}

}  // namespace
}  // namespace countersign::ledger
