#include "ledger/backup.h"

#include "ledger/base/diagnostics.h"
#include "ledger/crypto/secret_file.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/evidence/evidence_store.h"
#include "ledger/key_directory.h"
#include "ledger/log_key_history.h"
#include "ledger/log/published_checkpoint.h"
#include "ledger/log/recovery.h"
#include "ledger/log/rocks_backup.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/open_log.h"
#include "ledger/verifier_file.h"

#include <algorithm>

namespace countersign::ledger {

namespace fs = std::filesystem;

namespace {

constexpr const char* kEvidence = "evidence";

// A backup's label: the verifier key on the first line, then the checkpoint's note.
std::string label_of(const std::string& verifier_key, const std::string& checkpoint) {
  return verifier_key + "\n" + checkpoint;
}

Result<Backup> backup_of(const DatabaseBackup& found) {
  Backup backup;
  backup.number = found.number;
  backup.made_at = Timestamp{found.made_at * 1'000'000};
  backup.bytes = found.bytes;
  const auto line = found.label.find('\n');
  if (line == std::string::npos) return Error{Errc::malformed, "not a backup of a ledger"};
  backup.verifier_key = found.label.substr(0, line);
  backup.checkpoint = found.label.substr(line + 1);
  CS_TRY(const NoteVerifier verifier, NoteVerifier::from_vkey(backup.verifier_key));
  CS_TRY(const Checkpoint checkpoint, open_checkpoint(backup.checkpoint, verifier));
  backup.entries = checkpoint.tree_size;
  return backup;
}

Result<void> make_directory(const fs::path& directory) {
  std::error_code failed;
  if (fs::exists(directory, failed) && !fs::is_empty(directory, failed)) {
    return Error{Errc::conflict, directory.string() + " holds something already"};
  }
  if (!failed) fs::create_directories(directory / "keys", failed);
  for (const fs::path& part : {directory, directory / "keys"}) {
    if (!failed) fs::permissions(part, fs::perms::owner_all, failed);
  }
  if (failed) return Error{Errc::io, "cannot make " + directory.string() + ": " + failed.message()};
  return {};
}

// As the file is: when it is encrypted, the copy is.
Result<void> put_back(const fs::path& from, const fs::path& to) {
  if (from.empty()) return {};
  CS_TRY(const std::string content, read_secret_file(from));
  return write_secret_file(to, content);
}

}  // namespace

Result<void> back_up(const Reader& reader, const std::string& verifier_key,
                     const BackupOptions& options) {
  const auto* source = dynamic_cast<const BackupSource*>(&reader.log());
  if (source == nullptr) {
    return Error{Errc::unavailable, "the log's engine keeps no files that could be backed up"};
  }
  auto checkpoint = reader.latest_checkpoint();
  if (!checkpoint) return Error{Errc::unavailable, "the log is empty"};
  std::error_code failed;
  fs::create_directories(options.directory, failed);
  if (failed) {
    return Error{Errc::io, "cannot make " + options.directory.string() + ": " + failed.message()};
  }
  CS_CHECK(source->back_up(options.directory, label_of(verifier_key, *checkpoint), options.kept,
                           options.progress));
  // After the log: a file is there before an entry names it.
  if (options.evidence.empty() || !fs::exists(options.evidence, failed)) return {};
  CS_TRY(const EvidenceCheck copied,
         copy_evidence(options.evidence, options.directory / kEvidence));
  for (const std::string& name : copied.damaged) {
    diag::error("backup.evidence_damaged", {{"file", name}});
  }
  return {};
}

Result<std::vector<Backup>> list_backups(const fs::path& directory) {
  CS_TRY(const auto found, list_database_backups(directory));
  std::vector<Backup> backups;
  for (const DatabaseBackup& one : found) {
    CS_TRY(Backup backup, backup_of(one));
    backups.push_back(std::move(backup));
  }
  return backups;
}

Result<Restored> restore_backup(const RestoreOptions& options) {
  const fs::path& backups = options.backups;
  const fs::path& to = options.to;
  CS_TRY(const auto known, list_backups(backups));
  if (known.empty()) return Error{Errc::not_found, "there is no backup in " + backups.string()};
  const auto chosen = options.number
                          ? std::ranges::find(known, *options.number, &Backup::number)
                          : known.end() - 1;
  if (chosen == known.end()) {
    return Error{Errc::not_found, "there is no backup " + std::to_string(*options.number)};
  }
  Restored restored;
  restored.backup = *chosen;
  const std::string& vkey = restored.backup.verifier_key;
  CS_TRY(const NoteVerifier verifier, NoteVerifier::from_vkey(vkey));
  if (options.held) {
    // Before anything is written: a mistaken file is found at once. Whether a key that the log had
    // earlier signed it, only its entries tell.
    CS_TRY(const Checkpoint others, parse_checkpoint_note(*options.held));
    if (others.origin != verifier.name()) {
      return Error{Errc::unauthorized, "the checkpoint is of another origin"};
    }
  }
  CS_CHECK(make_directory(to));
  const KeyDirectory keys(to, options.key_passphrase);
  CS_CHECK(put_back(options.payload_key_file, keys.payload_key_file()));
  CS_CHECK(restore_database(backups, restored.backup.number, to / "db"));
  CS_CHECK(write_verifier_file(to, verifier));

  std::error_code unknown;
  if (fs::exists(backups / kEvidence, unknown)) {
    CS_TRY(const EvidenceCheck copied, copy_evidence(backups / kEvidence, to / kEvidence));
    restored.evidence_files = copied.files;
    restored.damaged_files = copied.damaged;
  }

  CS_TRY(const auto log, open_log(to, keys, {.read_only = true}));
  CS_TRY(restored.report, fsck(*log, vkey, options.progress));
  CS_TRY(const auto rotations, find_log_key_rotations(*log));
  CS_TRY(const LogKeys keys_of_log, log_keys_of(rotations, verifier));
  CS_TRY(const RecoveredLog recovered, recover(*log, keys_of_log));
  CS_CHECK(check_published(*log, keys_of_log, restored.backup.checkpoint));
  if (options.held) {
    CS_TRY(const Checkpoint others, keys_of_log.open(*options.held));
    if (others.tree_size > log->size()) {
      restored.missing = others.tree_size - log->size();
    } else {
      CS_CHECK(check_published(*log, keys_of_log, *options.held));
    }
  }
  CS_CHECK(publish_checkpoint(to / "published" / "checkpoint", recovered.checkpoint));
  return restored;
}

}  // namespace countersign::ledger
