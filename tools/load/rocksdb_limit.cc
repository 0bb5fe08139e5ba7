#include "tools/load/rocksdb_limit.h"

#include <random>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr std::size_t kNoiseBytes = 1 << 20;

std::string noise(std::size_t bytes) {
  std::mt19937_64 random(1);
  std::string out(bytes, '\0');
  for (char& c : out) c = static_cast<char>(random() & 0xff);
  return out;
}

Result<void> result_of(const rocksdb::Status& status) {
  if (!status.ok()) return Error{Errc::io, status.ToString()};
  return {};
}

rocksdb::WriteOptions synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

}  // namespace

RocksdbLimit::RocksdbLimit(rocksdb::DB* db, std::size_t value_bytes)
    : db_(db), value_bytes_(value_bytes), noise_(noise(kNoiseBytes + value_bytes)) {}
RocksdbLimit::RocksdbLimit(RocksdbLimit&&) noexcept = default;
RocksdbLimit::~RocksdbLimit() = default;

Result<RocksdbLimit> RocksdbLimit::open(const std::string& directory, std::size_t value_bytes) {
  rocksdb::Options settings;
  settings.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  CS_CHECK(result_of(rocksdb::DB::Open(settings, directory, &opened)));
  return RocksdbLimit(opened, value_bytes);
}

std::string_view RocksdbLimit::value_of(std::uint64_t number) const {
  return std::string_view(noise_).substr(number * 8191 % kNoiseBytes, value_bytes_);
}

Result<void> RocksdbLimit::write(const std::string& key, std::uint64_t number) {
  const auto value = value_of(number);
  return result_of(db_->Put(synced(), key, {value.data(), value.size()}));
}

Result<void> RocksdbLimit::write_batch(std::uint64_t first, std::uint64_t last) {
  rocksdb::WriteBatch batch;
  for (std::uint64_t number = first; number < last; ++number) {
    const auto value = value_of(number);
    CS_CHECK(result_of(batch.Put("r" + std::to_string(number), {value.data(), value.size()})));
  }
  return result_of(db_->Write(synced(), &batch));
}

}  // namespace countersign::tools
