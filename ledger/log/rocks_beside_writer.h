// Opening a RocksDB database for reading while another process writes to it.
#pragma once

#include <string>
#include <vector>

#include <rocksdb/db.h>

namespace countersign::ledger {

// As rocksdb::DB::OpenForReadOnly, of one moment of the database. The writer may flush and compact
// meanwhile: it then replaces files that this open was about to read, which looks like damage or
// like a shorter log. So an open during which the set of files changed is thrown away and done
// again; what fails while nothing changed is a failure. Once open, every file is held, and deleting
// its name no longer matters.
rocksdb::Status open_beside_writer(rocksdb::DBOptions options, const std::string& directory,
                                   const std::vector<rocksdb::ColumnFamilyDescriptor>& families,
                                   std::vector<rocksdb::ColumnFamilyHandle*>* handles,
                                   rocksdb::DB** db);

}  // namespace countersign::ledger
