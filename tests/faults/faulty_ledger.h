// FaultyLedger: a ledger on a disk that can be broken, its writers, and what they were told.
#pragma once

#include "tests/crash/acknowledged_writes.h"
#include "tests/faults/forgetful_file_system.h"
#include "tests/support/temp_dir.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace countersign::testing {

// A setting of the environment, for longer runs.
unsigned setting(const char* name, unsigned otherwise);

class FaultyLedger {
 public:
  explicit FaultyLedger(unsigned writers);
  ~FaultyLedger();

  ForgetfulFileSystem& disk() { return disk_; }
  AcknowledgedWrites& told() { return told_; }
  ledger::Ledger& ledger() { return *ledger_; }
  std::filesystem::path database() const { return temp_ / "ledger" / "db"; }

  // A new process on what is there. Small memtables, so that flushes and compactions take part.
  ledger::Result<void> open();
  void close() { ledger_.reset(); }
  // All writers at once, each from its next command on, until it has written `commands` or is told
  // an error; the first error told.
  std::optional<ledger::Error> write(std::uint64_t commands);

  std::uint64_t space_reserve_bytes = 0;

 private:
  const TempDir temp_;
  ForgetfulFileSystem disk_;
  const std::unique_ptr<rocksdb::Env> env_;
  const std::shared_ptr<const ledger::SigningKey> key_;
  AcknowledgedWrites told_;
  std::unique_ptr<ledger::Ledger> ledger_;
};

}  // namespace countersign::testing
