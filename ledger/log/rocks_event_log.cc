#include "ledger/log/rocks_event_log.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "ledger/log/key_schema.h"

namespace countersign::ledger {

namespace {

namespace rdb = rocksdb;

enum Family : std::size_t { headers, payloads, nodes, checkpoints, commands, row_heads, meta, kFamilies };
constexpr std::array<const char*, kFamilies> kNames = {
    "headers", "payloads", "nodes", "checkpoints", "commands", "row_heads", "meta"};
constexpr const char* kEpochKey = "epoch";
constexpr const char* kSnapshotKey = "snapshot";
constexpr std::size_t kWriteBufferBytes = 32 << 20;
constexpr std::size_t kBlockCacheBytes = 64 << 20;
constexpr std::uint64_t kWalBytesMax = 256ull << 20;

std::string_view view_of(const rdb::Slice& slice) { return {slice.data(), slice.size()}; }
rdb::Slice slice_of(std::string_view text) { return {text.data(), text.size()}; }

Error error_of(const rdb::Status& status) {
  if (status.IsNotFound()) return {Errc::not_found, "not stored"};
  if (status.IsCorruption()) return {Errc::corrupt, status.ToString()};
  return {Errc::io, status.ToString()};
}

rdb::ColumnFamilyOptions family_options(Family family, const std::shared_ptr<rdb::Cache>& cache) {
  rdb::ColumnFamilyOptions options;
  options.write_buffer_size = kWriteBufferBytes;
  rdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // Point look-ups that usually miss: a new command id, a new row.
  if (family == commands || family == row_heads) {
    table.filter_policy.reset(rdb::NewBloomFilterPolicy(10));
  }
  options.table_factory.reset(rdb::NewBlockBasedTableFactory(table));
  // Hashes do not compress.
  options.compression = family == nodes ? rdb::kNoCompression : rdb::kLZ4Compression;
  return options;
}

class RocksEventLog final : public EventLog {
 public:
  static Result<std::unique_ptr<EventLog>> open(const std::filesystem::path& directory,
                                                const RocksOptions& options) {
    rdb::DBOptions db;
    db.create_if_missing = !options.read_only;
    db.create_missing_column_families = !options.read_only;
    db.paranoid_checks = true;
    db.max_total_wal_size = kWalBytesMax;
    db.keep_log_file_num = 5;
    db.max_open_files = 256;
    // A kill or power loss may tear the last record of the write-ahead log; that record was never
    // acknowledged, so recovery may stop before it. A damaged record with good ones behind it is
    // another matter: recovery then ends early as well, and ledger recovery sees that the log is
    // shorter than its published checkpoint and refuses to sign.
    db.wal_recovery_mode = rdb::WALRecoveryMode::kPointInTimeRecovery;

    auto log = std::unique_ptr<RocksEventLog>(new RocksEventLog(directory, options));
    const auto cache = rdb::NewLRUCache(kBlockCacheBytes);
    std::vector<rdb::ColumnFamilyDescriptor> families{
        {rdb::kDefaultColumnFamilyName, rdb::ColumnFamilyOptions()}};
    for (std::size_t i = 0; i < kFamilies; ++i) {
      families.emplace_back(kNames[i], family_options(static_cast<Family>(i), cache));
    }
    rdb::DB* opened = nullptr;
    const rdb::Status status =
        options.read_only
            ? rdb::DB::OpenForReadOnly(db, directory.string(), families, &log->handles_, &opened)
            : rdb::DB::Open(db, directory.string(), families, &log->handles_, &opened);
    if (!status.ok()) return error_of(status);
    log->db_.reset(opened);
    CS_CHECK(log->load_size());
    return std::unique_ptr<EventLog>(std::move(log));
  }

  ~RocksEventLog() override {
    for (auto* handle : handles_) {
      if (db_) (void)db_->DestroyColumnFamilyHandle(handle);
    }
  }

  Result<std::uint64_t> take_over() override {
    std::string stored;
    const rdb::Status found = db_->Get(rdb::ReadOptions(), family(meta), kEpochKey, &stored);
    if (!found.ok() && !found.IsNotFound()) return error_of(found);
    const std::uint64_t epoch = (stored.size() == 8 ? read_u64(stored) : 0) + 1;
    rdb::WriteOptions synced;
    synced.sync = true;
    const rdb::Status written = db_->Put(synced, family(meta), kEpochKey, encode_index(epoch));
    if (!written.ok()) return error_of(written);
    epoch_.store(epoch);
    return epoch;
  }

  Result<void> append(const AppendBatch& batch) override {
    if (poisoned_.load()) return Error{Errc::io, "an earlier write failed; open the log again"};
    if (batch.epoch != epoch_.load()) return Error{Errc::fenced, "another writer took over"};
    if (batch.expected_size != size_.load()) {
      return Error{Errc::conflict, "the log has another size"};
    }
    CS_CHECK(require_space());
    const TreeSize size = batch.expected_size + batch.entries.size();
    rdb::WriteBatch out;
    LeafIndex index = batch.expected_size;
    for (const StoredEntry& entry : batch.entries) {
      const std::string key = encode_index(index++);
      put(out, headers, key, entry.header);
      put(out, payloads, key, entry.payload);
    }
    for (const StoredNode& node : batch.nodes) {
      put(out, nodes, encode_index(node.id), as_chars(node.hash));
    }
    for (const CommandRecord& record : batch.commands) {
      put(out, commands, record.command_id, encode_command(record));
    }
    for (const StoredRowHead& row : batch.row_heads) {
      put(out, row_heads, row_key(row.campaign, row.table, row.key), encode_row_head(row.head));
    }
    put(out, checkpoints, encode_index(size), batch.checkpoint);
    if (batch.snapshot) put(out, meta, kSnapshotKey, encode_snapshot(*batch.snapshot));
    rdb::WriteOptions synced;
    synced.sync = true;
    if (const rdb::Status status = db_->Write(synced, &out); !status.ok()) {
      // The record may or may not be on disk; only opening the files again can tell.
      poisoned_.store(true);
      return Error{Errc::io, status.ToString()};
    }
    {
      const std::lock_guard lock(mutex_);
      size_.store(size);
    }
    grown_.notify_all();
    return {};
  }

  TreeSize size() const override { return size_.load(); }

  bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const override {
    std::unique_lock lock(mutex_);
    const std::uint64_t before = interrupts_;
    grown_.wait_for(lock, timeout,
                    [&] { return size_.load() >= at_least || interrupts_ != before; });
    return size_.load() >= at_least;
  }

  void interrupt_waits() override {
    const std::lock_guard lock(mutex_);
    ++interrupts_;
    grown_.notify_all();
  }

  Result<StoredEntry> entry(LeafIndex index) const override {
    StoredEntry stored;
    CS_TRY(stored.header, header(index));
    CS_TRY(stored.payload, get(payloads, encode_index(index)));
    return stored;
  }

  Result<std::string> header(LeafIndex index) const override {
    if (index >= size()) return Error{Errc::not_found, "no such entry"};
    return required(headers, index);
  }

  Result<void> scan(LeafIndex first, LeafIndex end,
                    const std::function<bool(LeafIndex, const StoredEntry&)>& visit) const override {
    end = std::min(end, size());
    const auto header_at = iterate(headers, encode_index(first));
    const auto payload_at = iterate(payloads, encode_index(first));
    StoredEntry stored;
    for (LeafIndex index = first; index < end; ++index) {
      const std::string key = encode_index(index);
      if (!header_at->Valid() || view_of(header_at->key()) != key || !payload_at->Valid() ||
          view_of(payload_at->key()) != key) {
        return missing(index, header_at->status(), payload_at->status());
      }
      stored.header = view_of(header_at->value());
      stored.payload = view_of(payload_at->value());
      if (!visit(index, stored)) break;
      header_at->Next();
      payload_at->Next();
    }
    return {};
  }

  Result<Hash> node(std::uint64_t id) const override {
    CS_TRY(const std::string bytes, get(nodes, encode_index(id)));
    Hash hash{};
    if (bytes.size() != hash.size()) return Error{Errc::corrupt, "a node has the wrong length"};
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
  }

  Result<std::string> checkpoint(TreeSize size) const override {
    return get(checkpoints, encode_index(size));
  }

  Result<std::string> latest_checkpoint() const override {
    const TreeSize now = size();
    if (now == 0) return Error{Errc::not_found, "the log is empty"};
    return checkpoint(now);
  }

  Result<std::optional<CommandRecord>> command(std::string_view command_id) const override {
    auto value = get(commands, command_id);
    if (!value) {
      if (value.error().code == Errc::not_found) return std::optional<CommandRecord>();
      return value.error();
    }
    CS_TRY(auto record, decode_command(command_id, *value));
    return std::optional<CommandRecord>(std::move(record));
  }

  std::unique_ptr<RowView> row_view() const override;

  Result<std::optional<StateSnapshot>> snapshot() const override {
    auto value = get(meta, kSnapshotKey);
    if (!value) {
      if (value.error().code == Errc::not_found) return std::optional<StateSnapshot>();
      return value.error();
    }
    CS_TRY(auto decoded, decode_snapshot(*value));
    return std::optional<StateSnapshot>(std::move(decoded));
  }

 private:
  class View;

  RocksEventLog(std::filesystem::path directory, RocksOptions options)
      : directory_(std::move(directory)), options_(options) {}

  rdb::ColumnFamilyHandle* family(Family one) const { return handles_[one + 1]; }

  void put(rdb::WriteBatch& out, Family one, std::string_view key, std::string_view value) const {
    // Fails only when memory runs out, which ends the process anyway.
    CS_ASSERT(out.Put(family(one), slice_of(key), slice_of(value)).ok());
  }

  Result<std::string> get(Family one, std::string_view key) const {
    std::string value;
    const rdb::Status status = db_->Get(rdb::ReadOptions(), family(one), slice_of(key), &value);
    if (!status.ok()) return error_of(status);
    return value;
  }

  // Below size() every entry must be there.
  Result<std::string> required(Family one, LeafIndex index) const {
    auto value = get(one, encode_index(index));
    if (!value && value.error().code == Errc::not_found) {
      return Error{Errc::corrupt, "entry " + std::to_string(index) + " is missing"};
    }
    return value;
  }

  std::unique_ptr<rdb::Iterator> iterate(Family one, std::string_view from) const {
    std::unique_ptr<rdb::Iterator> at(db_->NewIterator(rdb::ReadOptions(), family(one)));
    at->Seek(slice_of(from));
    return at;
  }

  static Error missing(LeafIndex index, const rdb::Status& a, const rdb::Status& b) {
    if (!a.ok()) return error_of(a);
    if (!b.ok()) return error_of(b);
    return {Errc::corrupt, "entry " + std::to_string(index) + " is missing"};
  }

  static Result<TreeSize> size_in(rdb::DB& db, rdb::ColumnFamilyHandle* headers_family,
                                  const rdb::Snapshot* snapshot) {
    rdb::ReadOptions read;
    read.snapshot = snapshot;
    const std::unique_ptr<rdb::Iterator> last(db.NewIterator(read, headers_family));
    last->SeekToLast();
    if (!last->status().ok()) return error_of(last->status());
    if (!last->Valid()) return TreeSize{0};
    if (last->key().size() != 8) return Error{Errc::corrupt, "a header key has the wrong length"};
    return read_u64(view_of(last->key())) + 1;
  }

  Result<void> load_size() {
    CS_TRY(const TreeSize size, size_in(*db_, family(headers), nullptr));
    size_.store(size);
    return {};
  }

  Result<void> require_space() const {
    struct statvfs space {};
    if (::statvfs(directory_.c_str(), &space) != 0) return {};  // not every file system tells
    const std::uint64_t free = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
    if (free < options_.space_reserve_bytes) {
      return Error{Errc::unavailable, "the disk is nearly full; nothing was written"};
    }
    return {};
  }

  // Constant after open().
  const std::filesystem::path directory_;
  const RocksOptions options_;
  std::unique_ptr<rdb::DB> db_;
  std::vector<rdb::ColumnFamilyHandle*> handles_;

  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<TreeSize> size_{0};
  std::atomic<bool> poisoned_{false};

  mutable std::mutex mutex_;  // guards interrupts_ and changes of size_ for waiters
  mutable std::condition_variable grown_;
  std::uint64_t interrupts_ = 0;
};

class RocksEventLog::View final : public EventLog::RowView {
 public:
  explicit View(const RocksEventLog& log) : log_(log), snapshot_(log.db_->GetSnapshot()) {
    // The snapshot's own size: the log may have grown since.
    auto size = size_in(*log.db_, log.family(headers), snapshot_);
    size_ = size ? *size : 0;
  }
  ~View() override { log_.db_->ReleaseSnapshot(snapshot_); }
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  TreeSize size() const override { return size_; }

  Result<std::optional<RowHead>> row(std::string_view campaign, std::string_view table,
                                     std::string_view key) const override {
    std::string value;
    const rdb::Status status =
        log_.db_->Get(read(), log_.family(row_heads), row_key(campaign, table, key), &value);
    if (status.IsNotFound()) return std::optional<RowHead>();
    if (!status.ok()) return error_of(status);
    CS_TRY(auto head, decode_row_head(value));
    return std::optional<RowHead>(std::move(head));
  }

  Result<void> scan(std::string_view campaign, std::string_view table,
                    const std::function<bool(std::string_view, const RowHead&)>& visit)
      const override {
    const std::string prefix = row_prefix(campaign, table);
    const std::unique_ptr<rdb::Iterator> at(
        log_.db_->NewIterator(read(), log_.family(row_heads)));
    for (at->Seek(prefix); at->Valid() && at->key().starts_with(prefix); at->Next()) {
      CS_TRY(const RowHead head, decode_row_head(view_of(at->value())));
      if (!visit(view_of(at->key()).substr(prefix.size()), head)) return {};
    }
    if (!at->status().ok()) return error_of(at->status());
    return {};
  }

 private:
  rdb::ReadOptions read() const {
    rdb::ReadOptions options;
    options.snapshot = snapshot_;
    return options;
  }

  const RocksEventLog& log_;
  const rdb::Snapshot* const snapshot_;
  TreeSize size_ = 0;
};

std::unique_ptr<EventLog::RowView> RocksEventLog::row_view() const {
  return std::make_unique<View>(*this);
}

}  // namespace

Result<std::unique_ptr<EventLog>> open_rocks_event_log(const std::filesystem::path& directory,
                                                       const RocksOptions& options) {
  return RocksEventLog::open(directory, options);
}

}  // namespace countersign::ledger
