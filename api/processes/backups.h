// Backups: makes backups of the ledger while it serves, when asked for and by the clock, one at a
// time, on a thread of its own.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/backup.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace countersign::api {

struct BackupSettings {
  std::filesystem::path directory;  // empty: no backups
  std::filesystem::path evidence;   // of the evidence files, backed up with the log
  std::uint32_t every_hours = 24;   // 0: only when asked for
  std::uint32_t kept = 30;          // 0: all
  bool only_listed = false;         // of a ledger open for reading only: none are made
};

class Backups {
 public:
  // `reader` must outlive the backups.
  Backups(const ledger::Reader& reader, std::string verifier_key, BackupSettings settings);
  ~Backups();  // waits for the one under way

  bool makes_any() const { return !settings_.only_listed; }
  // Asks for a backup now. False: one is under way already.
  // REQUIRES: makes_any().
  bool start();

  struct Status {
    bool running = false;
    std::uint64_t bytes_copied = 0;  // of the one under way
    std::optional<ledger::Timestamp> last_made;
    std::optional<ledger::Error> last_failure;  // of the last attempt; none when it went well
  };
  Status status() const;

  // As ledger::list_backups; none when the directory is not there yet.
  ledger::Result<std::vector<ledger::Backup>> list() const;

 private:
  void follow();
  void make();

  const ledger::Reader& reader_;
  const std::string verifier_key_;
  const BackupSettings settings_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Status status_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace countersign::api
