#include "ledger/log/rocks_event_log.h"

#include "ledger/content/payload.h"
#include "ledger/log/admission.h"
#include "ledger/log/announcement.h"
#include "ledger/log/key_schema.h"
#include "ledger/log/node_cache.h"
#include "ledger/log/rocks_backup.h"
#include "ledger/log/rocks_beside_writer.h"
#include "ledger/log/rocks_database.h"
#include "ledger/log/rocks_row_view.h"
#include "ledger/log/rocks_tuning.h"
#include "ledger/log/size_signal.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

namespace countersign::ledger {

namespace {

using rocks::Database;
using rocks::Moment;
using rocks::RowMoment;
using rocks::error_of;
using rocks::slice_of;
using rocks::view_of;
using rocksdb::Slice;
using rocksdb::Status;

constexpr std::size_t kUnpurgedBytes = 3 * 8;
// Two kilobytes: what one look brings of neighbours is worth its reading.
constexpr std::size_t kNodesOfRun = 64;

// Less is written sooner than anybody could begin with it.
constexpr std::uint64_t kAnnouncedBytes = 1 << 20;

// What a batch adds to the write-ahead log, roughly.
std::uint64_t bytes_of(const AppendBatch& batch) {
  constexpr std::uint64_t kRecordBytes = 128;
  std::uint64_t bytes = batch.checkpoint.size() + kRecordBytes;
  for (const StoredEntry& entry : batch.entries) {
    bytes += entry.header.size() + entry.payload.size() + kRecordBytes;
  }
  for (const StoredRowHead& row : batch.row_heads) {
    bytes += row.key.size() + row.head.cells.size() + kRecordBytes;
  }
  bytes += (batch.nodes.size() + batch.commands.size()) * kRecordBytes;
  return bytes + (batch.snapshot ? batch.snapshot->bytes.size() : 0);
}

class RocksEventLog final : public EventLog, public BackupSource {
 public:
  RocksEventLog(std::shared_ptr<Database> database, std::filesystem::path directory,
                const RocksOptions& options, TreeSize size, std::uint64_t epoch)
      : database_(std::move(database)),
        directory_(std::move(directory)),
        options_(options),
        epoch_(epoch),
        rows_(rows_of(size)),
        signal_(size) {}

  std::string prepare_payload(std::string record) const override {
    return database_->values.prepare_payload(std::move(record));
  }
  void prepare_heads(std::span<StoredRowHead> heads) const override {
    database_->values.prepare_heads(heads);
  }

  Result<std::uint64_t> take_over() override {
    const std::lock_guard lock(write_mutex_);
    CS_CHECK(writable());
    rocksdb::WriteBatch write;
    CS_CHECK(put(write, Family::meta, kMetaEpoch, number_key(epoch_ + 1)));
    CS_CHECK(commit(write));
    taken_over_ = true;
    return ++epoch_;
  }

  Result<void> append(const AppendBatch& batch) override {
    const std::lock_guard lock(write_mutex_);
    CS_CHECK(writable());
    CS_CHECK(admit(batch, taken_over_ ? epoch_ : 0, signal_.size()));
    const std::uint64_t bytes = bytes_of(batch);
    CS_CHECK(has_room_for(bytes));
    const TreeSize size = batch.expected_size + batch.entries.size();
    std::optional<SizeSignal::Announced> announced;
    // Not of erasures: who applies one reads the earlier entry that it changes.
    if (bytes >= kAnnouncedBytes && batch.erased.empty()) {
      announced.emplace(signal_, announcement_of(batch));
    }
    rocksdb::WriteBatch write(bytes);
    CS_CHECK(fill(write, batch));
    CS_CHECK(commit(write));
    if (!batch.erased.empty()) erased_at_ = database_->db().GetLatestSequenceNumber();
    for (const StoredNode& node : batch.nodes) nodes_.put(node.id, node.hash);
    {
      auto rows = rows_of(size);
      const std::lock_guard rows_lock(rows_mutex_);
      rows_.swap(rows);
    }
    signal_.advance(size);
    return {};
  }

  Result<void> has_room() override {
    const std::lock_guard lock(write_mutex_);
    CS_TRY(const std::uint64_t free, free_space());
    asked_for_room_ = free;
    return leaves_reserve(free, 0);
  }

  TreeSize size() const override { return signal_.size(); }
  bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const override {
    return signal_.wait_for(at_least, timeout);
  }
  std::shared_ptr<const Announcement> announced() const override { return signal_.announced(); }
  bool wait_for_foreseen(TreeSize at_least, std::chrono::milliseconds timeout) const override {
    return signal_.wait_for_foreseen(at_least, timeout);
  }
  void interrupt_waits() override { signal_.interrupt(); }

  Result<StoredEntry> entry(LeafIndex index) const override {
    CS_TRY(std::string header_text, header(index));
    // Without a snapshot: where the key stands elsewhere an erasure may come between, and then both
    // are read again.
    auto record = payload(index);
    if (!record) record = payload(index);
    if (!record) return record.error();
    return StoredEntry{std::move(header_text), std::move(*record)};
  }

  Result<std::string> header(LeafIndex index) const override {
    if (index >= size()) return Error{Errc::not_found, "the log has no such entry"};
    CS_TRY(std::optional<std::string> text, database_->get(Family::headers, number_key(index)));
    if (!text) return missing("header", index);
    return std::move(*text);
  }

  Result<void> scan(
      LeafIndex first, LeafIndex end,
      const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const override {
    const LeafIndex stop = std::min(end, size());
    // One moment for all: an erasure changes a payload and its key together.
    const Moment moment(database_);
    const auto headers = database_->iterator(Family::headers, moment.snapshot());
    const auto payloads = database_->iterator(Family::payloads, moment.snapshot());
    const std::string begin = number_key(first);
    headers->Seek(begin);
    payloads->Seek(begin);
    std::unique_ptr<rocksdb::Iterator> keys;  // once one stands elsewhere
    for (LeafIndex index = first; index < stop; ++index, headers->Next(), payloads->Next()) {
      const std::string key = number_key(index);
      CS_CHECK(stands_at(*headers, key, "header", index));
      CS_CHECK(stands_at(*payloads, key, "payload", index));
      const std::string_view value = view_of(payloads->value());
      std::optional<std::string> payload_key;
      if (StoredValues::wants_key(value)) {
        if (keys == nullptr) {
          keys = database_->iterator(Family::payload_keys, moment.snapshot());
          keys->Seek(key);
        }
        CS_TRY(payload_key, take_key(*keys, key));
      }
      CS_TRY(std::string record, database_->values.open_payload(index, value, payload_key));
      if (!visit(index, StoredEntry{headers->value().ToString(), std::move(record)})) break;
    }
    return {};
  }

  Result<Hash> node(std::uint64_t id) const override {
    if (const auto known = nodes_.find(id)) return *known;
    CS_TRY(const Hash hash, stored_node(id));
    nodes_.put(id, hash);
    return hash;
  }

  Result<std::string> checkpoint(TreeSize size) const override {
    CS_TRY(std::optional<std::string> note, database_->get(Family::checkpoints, number_key(size)));
    if (!note) return Error{Errc::not_found, "no checkpoint was signed at this size"};
    return std::move(*note);
  }

  Result<std::string> latest_checkpoint() const override {
    // Not beyond size(): a batch may be written and not yet announced.
    const auto notes = database_->iterator(Family::checkpoints);
    notes->SeekForPrev(number_key(size()));
    if (!notes->status().ok()) return error_of(notes->status());
    if (!notes->Valid()) return Error{Errc::not_found, "the log is empty"};
    return notes->value().ToString();
  }

  Result<std::optional<CommandRecord>> command(std::string_view command_id) const override {
    CS_TRY(const std::optional<std::string> value, database_->get(Family::commands, command_id));
    if (!value) return std::optional<CommandRecord>();
    CS_TRY(CommandRecord record, parse_command(command_id, *value));
    return std::optional<CommandRecord>(std::move(record));
  }

  std::unique_ptr<RowView> row_view() const override {
    const std::lock_guard lock(rows_mutex_);
    return rocks::row_view_of(rows_);
  }

  Result<std::optional<StateSnapshot>> snapshot() const override {
    CS_TRY(const std::optional<std::string> value, database_->get(Family::meta, kMetaSnapshot));
    if (!value) return std::optional<StateSnapshot>();
    CS_TRY(StateSnapshot found, database_->values.open_snapshot(*value));
    return std::optional<StateSnapshot>(std::move(found));
  }

  Result<bool> unpurged() const override {
    CS_TRY(const std::optional<std::string> range, database_->get(Family::meta, kMetaUnpurged));
    return range.has_value();
  }

  // Table files keep what was overwritten until they are compacted, and the write-ahead log until
  // it is flushed. Compaction to the last level rewrites the files that hold one of the entries.
  Result<void> purge_erased(TreeSize up_to) override {
    if (options_.read_only) return Error{Errc::unavailable, "the log is open for reading only"};
    CS_TRY(const std::optional<std::string> range, database_->get(Family::meta, kMetaUnpurged));
    if (!range) return {};
    if (range->size() != kUnpurgedBytes) return Error{Errc::corrupt, "stored range of erasures is damaged"};
    CS_CHECK(seen_by_nobody());
    rocksdb::DB& db = database_->db();
    Status status = db.Flush(rocksdb::FlushOptions(), database_->families());
    rocksdb::CompactRangeOptions whole;
    whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    const Slice first(range->data(), 8);
    const Slice last(range->data() + 8, 8);
    for (const Family family : {Family::payload_keys, Family::payloads}) {
      if (status.ok()) status = db.CompactRange(whole, database_->family(family), &first, &last);
    }
    for (const Family family : {Family::row_heads, Family::meta}) {
      if (status.ok()) status = db.CompactRange(whole, database_->family(family), nullptr, nullptr);
    }
    if (!status.ok()) return error_of(status);
    const std::lock_guard lock(write_mutex_);
    CS_CHECK(writable());
    CS_TRY(const std::optional<std::string> now, database_->get(Family::meta, kMetaUnpurged));
    if (now != range) return {};  // more was erased meanwhile
    if (read_u64(std::string_view(*range).substr(16)) > up_to) return {};
    rocksdb::WriteBatch write;
    CS_CHECK(remove(write, Family::meta, kMetaUnpurged));
    return commit(write);
  }

  Result<void> back_up(const std::filesystem::path& directory, const std::string& label,
                       std::uint32_t kept,
                       const std::function<void(std::uint64_t)>& progress) const override {
    // The writer may be making one into the same directory, where two at once do each other harm.
    if (options_.read_only) return Error{Errc::unavailable, "the log is open for reading only"};
    return back_up_database(database_->db(), directory, label, kept, progress);
  }

 private:
  static Error missing(const char* what, LeafIndex index) {
    return {Errc::corrupt, std::string("the ") + what + " of entry " + std::to_string(index) +
                               " is missing from the database"};
  }

  static Result<void> stands_at(const rocksdb::Iterator& place, const std::string& key,
                                const char* what, LeafIndex index) {
    if (!place.status().ok()) return error_of(place.status());
    if (!place.Valid() || place.key() != slice_of(key)) return missing(what, index);
    return {};
  }

  // The wrapped key that stands at `wanted`, if there is one.
  static Result<std::optional<std::string>> take_key(rocksdb::Iterator& keys,
                                                     const std::string& wanted) {
    if (!keys.status().ok()) return error_of(keys.status());
    if (!keys.Valid() || keys.key() != slice_of(wanted)) return std::optional<std::string>();
    std::optional<std::string> key = keys.value().ToString();
    keys.Next();
    return key;
  }

  Result<std::string> payload(LeafIndex index) const {
    const std::string place = number_key(index);
    CS_TRY(const std::optional<std::string> value, database_->get(Family::payloads, place));
    if (!value) return missing("payload", index);
    std::optional<std::string> key;
    if (StoredValues::wants_key(*value)) {
      CS_TRY(key, database_->get(Family::payload_keys, place));
    }
    return database_->values.open_payload(index, *value, key);
  }

  Result<Hash> stored_node(std::uint64_t id) const {
    // Who reads the tree in order asks for the rest of the run next. It does not go into the cache,
    // where it would push out what all proofs have in common.
    {
      const std::lock_guard lock(run_mutex_);
      if (id - run_first_ < run_.size()) return run_[id - run_first_];
    }
    const auto at = database_->seeker(Family::nodes);
    at->SeekForPrev(number_key(id));
    if (!at->status().ok()) return error_of(at->status());
    const Error absent{Errc::not_found, "the tree has no such node"};
    if (!at->Valid()) return absent;
    CS_TRY(const std::uint64_t first, parse_number(view_of(at->key())));
    CS_TRY(std::vector<Hash> run, parse_nodes(view_of(at->value())));
    if (id - first >= run.size()) return absent;
    const Hash hash = run[id - first];
    const std::lock_guard lock(run_mutex_);
    run_first_ = first;
    run_ = std::move(run);
    return hash;
  }

  Result<void> writable() const {
    if (options_.read_only) return Error{Errc::unavailable, "the log is open for reading only"};
    if (poisoned_) {
      return Error{Errc::io,
                   "an earlier write failed and what became of it is unknown; start again"};
    }
    return {};
  }

  // A compaction keeps what a moment that is still held shows; every later one shows what is left.
  Result<void> seen_by_nobody() {
    const std::lock_guard lock(write_mutex_);
    std::uint64_t oldest = 0;  // 0: none is held
    if (!database_->db().GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence,
                                        &oldest)) {
      return Error{Errc::io, "the database does not tell which moments are held"};
    }
    if (oldest == 0 || oldest >= erased_at_) return {};
    return Error{Errc::unavailable, "a moment of the log before the erasure is still being read"};
  }

  Result<std::uint64_t> free_space() const {
    std::uint64_t free = 0;
    if (options_.space_reserve_bytes == 0) return free;
    const Status status = database_->db().GetEnv()->GetFreeSpace(directory_.string(), &free);
    if (!status.ok()) {
      return Error{Errc::unavailable, "free space is unknown: " + status.ToString()};
    }
    return free;
  }

  Result<void> leaves_reserve(std::uint64_t free, std::uint64_t bytes) const {
    if (options_.space_reserve_bytes == 0) return {};
    if (free < bytes || free - bytes < options_.space_reserve_bytes) {
      return Error{Errc::unavailable,
                   "the disk is nearly full; free some space and writing goes on"};
    }
    return {};
  }

  // What has_room() saw a moment ago will do for a small batch.
  Result<void> has_room_for(std::uint64_t bytes) {
    std::optional<std::uint64_t> free = std::exchange(asked_for_room_, std::nullopt);
    if (!free || bytes >= kAnnouncedBytes) {
      CS_TRY(free, free_space());
    }
    return leaves_reserve(*free, bytes);
  }

  // Only filling memory, so a failure leaves the log as it was.
  Result<void> put(rocksdb::WriteBatch& write, Family family, std::string_view key,
                   std::string_view value) const {
    const Status status = write.Put(database_->family(family), slice_of(key), slice_of(value));
    if (!status.ok()) return Error{Errc::unavailable, "the batch is too large"};
    return {};
  }

  Result<void> remove(rocksdb::WriteBatch& write, Family family, std::string_view key) const {
    const Status status = write.Delete(database_->family(family), slice_of(key));
    if (!status.ok()) return Error{Errc::unavailable, "the batch is too large"};
    return {};
  }

  std::shared_ptr<Announcement> announcement_of(const AppendBatch& batch) const {
    return std::make_shared<Announcement>(
        batch.expected_size, batch.entries,
        [this](std::string_view prepared) { return database_->values.open_prepared(prepared); });
  }

  std::shared_ptr<const RowMoment> rows_of(TreeSize size) const {
    return std::shared_ptr<const RowMoment>(new RowMoment{Moment(database_), size});
  }

  Result<void> fill(rocksdb::WriteBatch& write, const AppendBatch& batch) const {
    LeafIndex index = batch.expected_size;
    for (const StoredEntry& entry : batch.entries) {
      const std::string key = number_key(index);
      CS_CHECK(put(write, Family::headers, key, entry.header));
      CS_CHECK(put_payload(write, index++, entry.payload));
    }
    CS_CHECK(fill_erasures(write, batch));
    CS_CHECK(put_nodes(write, batch.nodes));
    for (const CommandRecord& command : batch.commands) {
      CS_CHECK(put(write, Family::commands, command.command_id, encode_command(command)));
    }
    for (const StoredRowHead& row : batch.row_heads) {
      const std::string place = row_key(row.campaign, row.table, row.key);
      CS_CHECK(
          put(write, Family::row_heads, place, database_->values.row_head(place, row.head)));
    }
    if (!batch.checkpoint.empty()) {
      CS_CHECK(put(write, Family::checkpoints, number_key(index), batch.checkpoint));
    }
    if (batch.snapshot) {
      CS_CHECK(put(write, Family::meta, kMetaSnapshot, database_->values.snapshot(*batch.snapshot)));
    }
    return put(write, Family::meta, kMetaSize, number_key(index));
  }

  Result<void> put_payload(rocksdb::WriteBatch& write, LeafIndex index,
                           std::string_view record) const {
    return put(write, Family::payloads, number_key(index),
               database_->values.payload(index, record));
  }

  // A run of nodes that follow one another is one record.
  Result<void> put_nodes(rocksdb::WriteBatch& write, std::span<const StoredNode> nodes) const {
    while (!nodes.empty()) {
      const std::uint64_t first = nodes.front().id;
      std::size_t count = 1;
      while (count < nodes.size() && count < kNodesOfRun && nodes[count].id == first + count) {
        ++count;
      }
      CS_CHECK(put(write, Family::nodes, number_key(first), encode_nodes(nodes.first(count))));
      nodes = nodes.subspan(count);
    }
    return {};
  }

  // Each payload anew, under a fresh key, without what is erased.
  Result<void> fill_erasures(rocksdb::WriteBatch& write, const AppendBatch& batch) const {
    if (batch.erased.empty()) return {};
    std::map<LeafIndex, std::vector<ErasedPlace>> by_entry;
    for (const auto& [item, left] : batch.erased) by_entry[item.entry].push_back({item.item, left});
    for (const auto& [index, items] : by_entry) {
      CS_TRY(const StoredEntry before, entry(index));
      auto record = without_items(before.payload, items);
      if (!record) {
        return Error{Errc::corrupt, "entry " + std::to_string(index) + ": " + record.error().detail};
      }
      CS_CHECK(put_payload(write, index, *record));
      CS_CHECK(remove(write, Family::payload_keys, number_key(index)));
    }
    LeafIndex first = by_entry.begin()->first;
    LeafIndex last = by_entry.rbegin()->first;
    CS_TRY(const std::optional<std::string> range, database_->get(Family::meta, kMetaUnpurged));
    if (range && range->size() == kUnpurgedBytes) {
      first = std::min(first, read_u64(*range));
      last = std::max(last, read_u64(std::string_view(*range).substr(8)));
    }
    // With the size, no two erasures leave the same mark: a purge that was under way while this one
    // came sees that it is not the last.
    return put(write, Family::meta, kMetaUnpurged,
               number_key(first) + number_key(last) +
                   number_key(batch.expected_size + batch.entries.size()));
  }

  Result<void> commit(rocksdb::WriteBatch& write) {
    rocksdb::WriteOptions options;
    options.sync = true;
    const Status status = database_->db().Write(options, &write);
    if (status.ok()) return {};
    poisoned_ = true;
    return Error{Errc::io,
                 "the write failed and what became of it is unknown: " + status.ToString()};
  }

  const std::shared_ptr<Database> database_;
  const std::filesystem::path directory_;
  const RocksOptions options_;
  std::mutex write_mutex_;   // one writer at a time
  std::uint64_t epoch_;      // guarded by write_mutex_
  bool taken_over_ = false;  // guarded by write_mutex_; by this process
  // Guarded by write_mutex_; the free space has_room() saw, for the batch it was asked for.
  std::optional<std::uint64_t> asked_for_room_;
  bool poisoned_ = false;    // guarded by write_mutex_
  // Guarded by write_mutex_; RocksDB's sequence number after the newest erasure of this process.
  std::uint64_t erased_at_ = 0;
  mutable std::mutex rows_mutex_;
  std::shared_ptr<const RowMoment> rows_;  // guarded by rows_mutex_; the newest
  SizeSignal signal_;
  mutable NodeCache nodes_;
  mutable std::mutex run_mutex_;
  mutable std::uint64_t run_first_ = 0;  // guarded by run_mutex_; of the run read last
  mutable std::vector<Hash> run_;        // guarded by run_mutex_
};

// The recorded size against the entries that are there.
Result<TreeSize> size_of(const Database& database) {
  CS_TRY(const TreeSize size, database.number(kMetaSize));
  const auto last = database.iterator(Family::headers);
  last->SeekToLast();
  if (!last->status().ok()) return error_of(last->status());
  TreeSize found = 0;
  if (last->Valid()) {
    CS_TRY(const LeafIndex index, parse_number(view_of(last->key())));
    found = index + 1;
  }
  if (found != size) {
    return Error{Errc::corrupt, "the database records " + std::to_string(size) +
                                    " entries and holds " + std::to_string(found) +
                                    "; keep every file and restore a copy"};
  }
  return size;
}

// A database of the version before is one of this version from its first opening for writing on.
Result<void> check_format(Database& database, bool read_only) {
  CS_TRY(const std::optional<std::string> format, database.get(Family::meta, kMetaFormat));
  const bool before = format == kSchemaBefore;
  if (format == kSchemaVersion || (before && read_only)) return {};
  if (format && !before) {
    return Error{Errc::corrupt, "the database has a format that this version does not know"};
  }
  if (read_only) return Error{Errc::corrupt, "the database holds no ledger"};
  rocksdb::WriteOptions options;
  options.sync = true;
  const Status status = database.db().Put(options, database.family(Family::meta),
                                          slice_of(kMetaFormat), slice_of(kSchemaVersion));
  if (!status.ok()) return error_of(status);
  return {};
}

// A database that was sealed once stays so, under the same key; one that was not is from now on.
Result<void> check_vault(Database& database, const RocksOptions& options) {
  CS_TRY(const std::optional<std::string> id, database.get(Family::meta, kMetaPayloadKey));
  if (!id && (options.vault == nullptr || options.read_only)) return {};
  if (id && options.vault == nullptr) {
    return Error{Errc::unauthorized,
                 "the database is sealed, and its payload key was not given"};
  }
  if (id && *id != options.vault->id()) {
    return Error{Errc::unauthorized, "the database is sealed with another payload key"};
  }
  if (id) return {};
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const Status status =
      database.db().Put(synced, database.family(Family::meta), slice_of(kMetaPayloadKey),
                        slice_of(options.vault->id()));
  if (!status.ok()) return error_of(status);
  return {};
}

}  // namespace

Result<std::unique_ptr<EventLog>> open_rocks_event_log(const std::filesystem::path& directory,
                                                       const RocksOptions& options) {
  const auto families = rocks_families();
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  rocksdb::DBOptions settings = rocks_database_options();
  settings.create_if_missing = !options.read_only;
  settings.db_write_buffer_size = options.memtable_bytes;
  if (options.env != nullptr) settings.env = options.env;
  const Status status =
      options.read_only ? open_beside_writer(settings, directory.string(), families, &handles, &db)
                        : rocksdb::DB::Open(settings, directory.string(), families, &handles, &db);
  if (!status.ok()) return error_of(status);
  auto database = std::make_shared<Database>(db, std::move(handles), options.vault);
  CS_CHECK(check_format(*database, options.read_only));
  CS_CHECK(check_vault(*database, options));
  CS_TRY(const TreeSize size, size_of(*database));
  CS_TRY(const std::uint64_t epoch, database->number(kMetaEpoch));
  return std::unique_ptr<EventLog>(
      std::make_unique<RocksEventLog>(std::move(database), directory, options, size, epoch));
}

}  // namespace countersign::ledger
