#include "tools/load/rocksdb_limit.h"

#include <rocksdb/db.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

RocksdbLimit::RocksdbLimit(rocksdb::DB* db) : db_(db) {}
RocksdbLimit::RocksdbLimit(RocksdbLimit&&) noexcept = default;
RocksdbLimit::~RocksdbLimit() = default;

Result<RocksdbLimit> RocksdbLimit::open(const std::string& directory) {
  rocksdb::Options settings;
  settings.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(settings, directory, &opened);
  if (!status.ok()) return Error{Errc::io, status.ToString()};
  return RocksdbLimit(opened);
}

Result<void> RocksdbLimit::write(const std::string& key, const std::string& value) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = db_->Put(synced, key, value);
  if (!status.ok()) return Error{Errc::io, status.ToString()};
  return {};
}

}  // namespace countersign::tools
