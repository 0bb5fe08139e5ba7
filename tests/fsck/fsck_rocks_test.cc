// fsck over a database that was damaged behind the engine's back: what is unreadable is a finding
// about its entry, and the rest is still checked.
#include "ledger/fsck.h"
#include "ledger/log/key_schema.h"
#include "ledger/log/rocks_event_log.h"
#include "tests/reader/sample_ledger.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <stdlib.h>

namespace countersign::ledger {
namespace {

class FsckRocks : public testing::Test {
 protected:
  FsckRocks() {
    std::string name = (std::filesystem::temp_directory_path() / "fsck-XXXXXX").string();
    path_ = mkdtemp(name.data());
    for (int i = 0; i < 20; ++i) sample_.change("staff", {{std::to_string(i % 7), "value"}});
    sample_.take_snapshot();
    sample_.change("books", {{"1", "x"}});
    sample_.write(*open({0, false}));
  }
  ~FsckRocks() override { std::filesystem::remove_all(path_); }

  std::unique_ptr<EventLog> open(const RocksOptions& options) const {
    return open_rocks_event_log(path_, options).value();
  }
  std::vector<Finding> findings() const {
    return fsck(*open({0, true}), sample_.vkey(), {}).value().findings;
  }
  template <typename Change>
  void change(Change change) {
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    families.emplace_back("default", rocksdb::ColumnFamilyOptions());
    for (const auto name : kFamilyNames) {
      families.emplace_back(std::string(name), rocksdb::ColumnFamilyOptions());
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(
        rocksdb::DB::Open(rocksdb::DBOptions(), path_.string(), families, &handles, &db).ok());
    change(*db, [&](Family family) { return handles[static_cast<std::size_t>(family) + 1]; });
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    delete db;
  }

  std::filesystem::path path_;
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
    ASSERT_TRUE(db.Put({}, family(Family::nodes), number_key(dense_id({0, 3})), "short").ok());
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
