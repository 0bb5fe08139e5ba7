// Backups of the database, made while it is written to (RocksDB's BackupEngine): table files are
// shared between backups, every file has a checksum, and what is copied is synced.
//
// One directory holds any number of backups. One process at a time may write to it.
#pragma once

#include "ledger/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rocksdb {
class DB;
}

namespace countersign::ledger {

struct DatabaseBackup {
  std::uint32_t number = 0;  // grows with every backup of the directory
  std::int64_t made_at = 0;  // seconds since 1970, by the machine's clock
  std::uint64_t bytes = 0;   // of all its files, shared ones included
  std::string label;         // as given when it was made
};

// What an engine that keeps local files can do beyond the seam.
class BackupSource {
 public:
  virtual ~BackupSource() = default;
  // Adds a backup of a moment at or after the call, reads every file of it back and compares
  // checksums; then removes the oldest beyond `kept` (0: keeps all). Writers go on meanwhile.
  // `progress` is called with the bytes copied so far.
  //   Errc::unavailable   open for reading only
  //   Errc::io            the directory cannot be written, or what was written does not read back
  virtual Result<void> back_up(const std::filesystem::path& directory, const std::string& label,
                               std::uint32_t kept,
                               const std::function<void(std::uint64_t)>& progress) const = 0;
};

// BackupSource::back_up() of an open database.
Result<void> back_up_database(rocksdb::DB& database, const std::filesystem::path& directory,
                              const std::string& label, std::uint32_t kept,
                              const std::function<void(std::uint64_t)>& progress);

// Oldest first; backups that were cut off are left out. May run while one is being made.
//   Errc::not_found   no such directory     Errc::io
Result<std::vector<DatabaseBackup>> list_database_backups(const std::filesystem::path& directory);

// Writes backup `number` into the new directory `database`, comparing checksums on the way.
//   Errc::not_found   no such backup
//   Errc::conflict    `database` is there already
//   Errc::corrupt     a file of the backup is damaged     Errc::io
Result<void> restore_database(const std::filesystem::path& directory, std::uint32_t number,
                              const std::filesystem::path& database);

}  // namespace countersign::ledger
