// The limit to compare with: RocksDB alone, with nothing of a ledger around it.
#pragma once

#include "ledger/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rocksdb {
class DB;
}

namespace countersign::tools {

// A database with RocksDB's own settings. What it is given to write does not compress, like
// encrypted rows.
// Thread safety: write() may be called from any thread; RocksDB groups what comes at once.
class RocksdbLimit {
 public:
  // Values will be of `value_bytes`.
  //   Errc::io
  static ledger::Result<RocksdbLimit> open(const std::string& directory, std::size_t value_bytes);
  RocksdbLimit(RocksdbLimit&&) noexcept;
  ~RocksdbLimit();

  // One synced write of one value. Different `number`s give different values.
  //   Errc::io
  ledger::Result<void> write(const std::string& key, std::uint64_t number);

  // One synced write of the values of the keys `first`, first + 1, … before `last`.
  //   Errc::io
  ledger::Result<void> write_batch(std::uint64_t first, std::uint64_t last);

 private:
  RocksdbLimit(rocksdb::DB* db, std::size_t value_bytes);
  std::string_view value_of(std::uint64_t number) const;

  std::unique_ptr<rocksdb::DB> db_;
  std::size_t value_bytes_;
  std::string noise_;  // values are parts of it
};

}  // namespace countersign::tools
