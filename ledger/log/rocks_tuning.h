// How RocksDB is set up for a log: private to the RocksDB engine.
#pragma once

#include <vector>

namespace rocksdb {
struct ColumnFamilyDescriptor;
struct DBOptions;
}  // namespace rocksdb

namespace countersign::ledger {

rocksdb::DBOptions rocks_database_options();

// RocksDB's own "default" family, which stays empty, and then ours in the order of Family.
std::vector<rocksdb::ColumnFamilyDescriptor> rocks_families();

}  // namespace countersign::ledger
