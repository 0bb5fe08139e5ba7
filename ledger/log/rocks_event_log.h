// The event log in RocksDB, on one machine (layout: key_schema.h).
//
// Guarantees: one append is one WriteBatch, synced before it returns; readers see whole batches
// only. A failed write poisons the engine: every later append fails with Errc::io and reads go on,
// because only a new start can tell what is on disk. Damage is reported, and nothing is deleted.
#pragma once

#include "ledger/log/event_log.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace rocksdb {
class Env;
}

namespace countersign::ledger {

class PayloadVault;

struct RocksOptions {
  // An append that would leave less free space fails with Errc::unavailable. 0: no reserve.
  std::uint64_t space_reserve_bytes = 256ull << 20;
  // Reads the log as it is now; append(), take_over() and back_up() fail with Errc::unavailable.
  // Needs no lock, so it works beside the writing process.
  bool read_only = false;
  // Memory held before it is written to table files, of all families together.
  std::uint64_t memtable_bytes = 64ull << 20;
  // The file system, free space included; none: the machine's. Must outlive the log. This is where
  // tests put a disk that fails, fills up or loses power.
  rocksdb::Env* env = nullptr;
  // Seals values from now on and opens what was sealed; none: values are stored as they are. A
  // database that was sealed once opens with its own vault only.
  std::shared_ptr<const PayloadVault> vault{};
};

// Opens the database in `directory`; makes it if it is not there, unless read-only.
//   Errc::io        another process holds it, or the operating system refuses
//   Errc::corrupt   RocksDB finds damage, or the number of entries is not the recorded one
//   Errc::unauthorized   it is sealed, and the vault is missing or another's
Result<std::unique_ptr<EventLog>> open_rocks_event_log(const std::filesystem::path& directory,
                                                       const RocksOptions& options = {});

}  // namespace countersign::ledger
