// The limit to compare with: RocksDB alone, with nothing of a ledger around it.
#pragma once

#include "ledger/base/result.h"

#include <memory>
#include <string>

namespace rocksdb {
class DB;
}

namespace countersign::tools {

// A database with RocksDB's own settings.
// Thread safety: write() may be called from any thread; RocksDB groups what comes at once.
class RocksdbLimit {
 public:
  //   Errc::io
  static ledger::Result<RocksdbLimit> open(const std::string& directory);
  RocksdbLimit(RocksdbLimit&&) noexcept;
  ~RocksdbLimit();

  // One synced write.
  //   Errc::io
  ledger::Result<void> write(const std::string& key, const std::string& value);

 private:
  explicit RocksdbLimit(rocksdb::DB* db);
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace countersign::tools
