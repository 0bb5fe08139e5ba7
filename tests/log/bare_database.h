// The database of a log without its engine, to change what is stored behind the engine's back.
#pragma once

#include "ledger/log/key_schema.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rocksdb/db.h>

namespace countersign::ledger {

// Calls `use(db, handle)`, where handle(Family) is the family's. No engine may have it open.
template <typename Use>
void with_bare_database(const std::filesystem::path& directory, Use use) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back("default", rocksdb::ColumnFamilyOptions());
  for (const auto name : kFamilyNames) {
    families.emplace_back(std::string(name), rocksdb::ColumnFamilyOptions());
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(
      rocksdb::DB::Open(rocksdb::DBOptions(), directory.string(), families, &handles, &db).ok());
  use(*db, [&](Family family) { return handles[static_cast<std::size_t>(family) + 1]; });
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
}

}  // namespace countersign::ledger
