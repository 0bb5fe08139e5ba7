#include "ledger/log/rocks_tuning.h"

#include "ledger/log/key_schema.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

namespace countersign::ledger {

namespace {

constexpr std::size_t kMemtableBytes = 64u << 20;
// Blocks with the indexes and filters of all files, so that a ledger of ten years takes no more
// memory.
constexpr std::size_t kBlockCacheBytes = 64u << 20;
// Of four megabytes each, so that the filter of a file is a small part of one.
constexpr int kBlockCacheShardBits = 4;
// What memtables hold stands in the write-ahead log as well, which bounds them all, and a start.
constexpr std::uint64_t kWalBytes = 128u << 20;
// What is read in order: a quarter of the blocks to find, and text shrinks better.
constexpr std::size_t kSequenceBlockBytes = 16u << 10;
// Of a family that is compacted by size. A grown one has four that are too unlike to be merged; with
// no more than these allowed, every flush was merged into the smallest of them, of two hundred MB.
constexpr int kSortedRuns = 10;
// With ten bits a file is read in vain for one of a hundred keys, and of ten files, one for every
// tenth new command.
constexpr double kBloomBitsPerKey = 16;
constexpr double kMemtableBloomShare = 0.02;
constexpr int kOpenFiles = 512;
constexpr std::uint64_t kTableSyncBytes = 1u << 20;

// Written in the order of its keys, which are numbers.
bool is_sequence(Family family) {
  return family == Family::headers || family == Family::payloads ||
         family == Family::payload_keys || family == Family::checkpoints ||
         family == Family::nodes;
}

// What shrinks. Hashes and signatures do not, nor does what was sealed: payloads are compressed
// before.
bool is_text(Family family) { return family == Family::headers || family == Family::meta; }

// Looked up by keys that are often absent: a new command id, a new row.
bool is_asked_in_vain(Family family) {
  return family == Family::commands || family == Family::row_heads;
}

}  // namespace

rocksdb::DBOptions rocks_database_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.best_efforts_recovery = false;
  // Every acknowledged batch was synced, so a record cut off at the end of the write-ahead log was
  // never acknowledged and may go: a process or machine died while writing it. Damage anywhere
  // else hit acknowledged bytes; then the open fails and every file stays. kPointInTimeRecovery
  // would drop what follows the damage and go on, and kAbsoluteConsistency would refuse the
  // ordinary crash. What opens is held against the last checkpoint, and against the one published
  // outside the database (recovery.h).
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // The tail of an older write-ahead log is the middle of the history: a short one is damage.
  options.track_and_verify_wals_in_manifest = true;
  // Families are flushed together or not at all. A batch whose sync failed may stand in the
  // write-ahead log and not in memory; when space runs out RocksDB flushes by itself to recover. A
  // process that ends between two families' flushes would leave that batch to be replayed into one
  // family and not the other: half a batch.
  options.atomic_flush = true;
  options.max_total_wal_size = kWalBytes;
  options.max_open_files = kOpenFiles;
  // A table file goes to the disk as it is written: at once it would stand before a sync of the log.
  options.bytes_per_sync = kTableSyncBytes;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> rocks_families() {
  const auto cache = rocksdb::NewLRUCache(kBlockCacheBytes, kBlockCacheShardBits);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions());
  for (std::size_t i = 0; i < kFamilyNames.size(); ++i) {
    const auto family = static_cast<Family>(i);
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    if (is_asked_in_vain(family)) {
      // Every write asks for keys of these: filters and indexes stay in memory, some ten bytes a
      // row and fewer a command, and a block tells by a hash where in it a key stands.
      table.cache_index_and_filter_blocks = false;
      table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
    } else {
      table.cache_index_and_filter_blocks = true;
      table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
      table.partition_filters = true;
    }
    if (is_sequence(family)) table.block_size = kSequenceBlockBytes;
    rocksdb::ColumnFamilyOptions options;
    if (is_asked_in_vain(family)) {
      table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
      // Their keys come in no order, so that every level would be written again and again.
      options.compaction_style = rocksdb::kCompactionStyleUniversal;
      options.level0_file_num_compaction_trigger = kSortedRuns;
      options.memtable_whole_key_filtering = true;
      options.memtable_prefix_bloom_size_ratio = kMemtableBloomShare;
    }
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = kMemtableBytes;
    options.force_consistency_checks = true;
    // The next key goes next to the last one, without a search from the top. The prefix is the part
    // of a number that does not change within four thousand million entries.
    if (is_sequence(family)) {
      options.memtable_insert_with_hint_prefix_extractor.reset(
          rocksdb::NewFixedPrefixTransform(sizeof(std::uint32_t)));
    }
    options.compression = is_text(family) ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
    options.bottommost_compression = is_text(family) ? rocksdb::kZSTD : rocksdb::kNoCompression;
    families.emplace_back(std::string(kFamilyNames[i]), options);
  }
  return families;
}

}  // namespace countersign::ledger
