// An open database with its families, and one moment of it. Private to the RocksDB engine.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/log/key_schema.h"
#include "ledger/log/stored_values.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>

namespace countersign::ledger::rocks {

inline std::string_view view_of(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}
inline rocksdb::Slice slice_of(std::string_view text) { return {text.data(), text.size()}; }

// RocksDB's texts name files, families and offsets, never values.
Error error_of(const rocksdb::Status& status);

class Database {
 public:
  Database(rocksdb::DB* db, std::vector<rocksdb::ColumnFamilyHandle*> handles,
           std::shared_ptr<const PayloadVault> vault)
      : values(std::move(vault)), db_(db), handles_(std::move(handles)) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  }

  const StoredValues values;

  rocksdb::DB& db() const { return *db_; }
  // Without RocksDB's "default".
  std::vector<rocksdb::ColumnFamilyHandle*> families() const {
    return {handles_.begin() + 1, handles_.end()};
  }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return handles_[static_cast<std::size_t>(family) + 1];  // the first is RocksDB's "default"
  }

  // None when the key is absent.
  Result<std::optional<std::string>> get(Family in, std::string_view key,
                                         const rocksdb::Snapshot* snapshot = nullptr) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    std::string value;
    const rocksdb::Status status = db_->Get(options, family(in), slice_of(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return error_of(status);
    return std::optional<std::string>(std::move(value));
  }

  Result<std::uint64_t> number(std::string_view meta_key,
                               const rocksdb::Snapshot* snapshot = nullptr) const {
    CS_TRY(const std::optional<std::string> value, get(Family::meta, meta_key, snapshot));
    if (!value) return std::uint64_t{0};
    return parse_number(*value);
  }

  std::unique_ptr<rocksdb::Iterator> iterator(Family in,
                                              const rocksdb::Snapshot* snapshot = nullptr) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    options.fill_cache = false;  // one pass must not push out what point reads need
    return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, family(in)));
  }

  // For a look at one place by order of keys.
  std::unique_ptr<rocksdb::Iterator> seeker(Family in) const {
    return std::unique_ptr<rocksdb::Iterator>(
        db_->NewIterator(rocksdb::ReadOptions(), family(in)));
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

// A RocksDB snapshot, released when it goes.
class Moment {
 public:
  explicit Moment(std::shared_ptr<const Database> database)
      : database_(std::move(database)), snapshot_(database_->db().GetSnapshot()) {}
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;
  ~Moment() { database_->db().ReleaseSnapshot(snapshot_); }

  const Database& database() const { return *database_; }
  const rocksdb::Snapshot* snapshot() const { return snapshot_; }

 private:
  const std::shared_ptr<const Database> database_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace countersign::ledger::rocks
