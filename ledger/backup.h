// Backups of a ledger and their restoration. A backup holds every entry committed before it began,
// the log's verifier key and a checkpoint; never a secret key, so that values in it open only with
// the payload key. Evidence files stand beside all backups, in evidence/, each once: they never
// change, and none is removed with an old backup. A restored ledger is checked from its bytes
// (fsck.h) and held against the checkpoint it was made under.
//
// Thread safety: all functions may be called from any thread; they take as long as the disk does.
#pragma once

#include "ledger/base/time.h"
#include "ledger/fsck.h"
#include "ledger/reader.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

struct Backup {
  std::uint32_t number = 0;
  Timestamp made_at;         // by the machine's clock
  std::uint64_t bytes = 0;   // files shared with other backups included
  TreeSize entries = 0;      // at least as many are in it
  std::string checkpoint;    // signed note over those entries
  std::string verifier_key;  // of the log
};

struct BackupOptions {
  std::filesystem::path directory;  // made if missing; better on another disk
  std::filesystem::path evidence;   // of the evidence files; empty or not there: none
  std::uint32_t kept = 0;           // how many to keep, the newest; 0: all
  std::function<void(std::uint64_t bytes)> progress;
};

// Backs up the ledger behind `reader` while it is written to.
//   Errc::unavailable   its engine keeps no local files, the log is empty or open for reading only
//   Errc::io            the directory cannot be written, or what was written does not read back
Result<void> back_up(const Reader& reader, const std::string& verifier_key,
                     const BackupOptions& options);

// Oldest first.
//   Errc::not_found   no such directory     Errc::io     Errc::malformed   not backups of ours
Result<std::vector<Backup>> list_backups(const std::filesystem::path& directory);

struct Restored {
  Backup backup;
  FsckReport report;
  std::uint64_t evidence_files = 0;       // restored with it
  std::vector<std::string> damaged_files;  // evidence in the backup that was damaged, left out
  TreeSize missing = 0;  // entries under the checkpoint that was held against it, not in the backup
};

struct RestoreOptions {
  std::filesystem::path backups;
  std::optional<std::uint32_t> number;  // none: the newest
  std::filesystem::path to;             // new directory
  // A checkpoint that somebody keeps, such as published/checkpoint of the lost machine; the
  // restored log must be a past or a future of it.
  std::optional<std::string> held;
  std::filesystem::path payload_key_file;  // a copy of keys/payload.key; empty: none
  std::string key_passphrase;              // of that file, when it is encrypted
  std::function<void(TreeSize, TreeSize)> progress;
};

// Restores into a new directory that can be inspected (countersignd --read_only), or served once
// the log's key is put back as keys/log.key. The payload key is put back here, as the file is. When
// the checks fail the directory stays, for inspection.
//   Errc::conflict      `to` holds something already
//   Errc::not_found     no such backup; or its values are sealed and there is no payload key
//   Errc::corrupt       a file of the backup is damaged, the log does not hash to its checkpoint,
//                       or its history is not that of `held`
//   Errc::unauthorized  `held` is not signed by the log's key, or the key file does not open
Result<Restored> restore_backup(const RestoreOptions& options);

}  // namespace countersign::ledger
