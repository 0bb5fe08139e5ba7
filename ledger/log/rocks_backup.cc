#include "ledger/log/rocks_backup.h"

#include <memory>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/backup_engine.h>

namespace countersign::ledger {

namespace {

constexpr std::uint64_t kProgressEvery = 4u << 20;

Error error_of(const rocksdb::Status& status) {
  if (status.IsNotFound()) return {Errc::not_found, "there is no such backup"};
  if (status.IsCorruption()) return {Errc::corrupt, "the backup is damaged: " + status.ToString()};
  return {Errc::io, "the backup failed: " + status.ToString()};
}

rocksdb::BackupEngineOptions options_of(const std::filesystem::path& directory) {
  rocksdb::BackupEngineOptions options(directory.string());
  options.sync = true;
  options.share_table_files = true;
  options.callback_trigger_interval_size = kProgressEvery;
  return options;
}

Result<std::unique_ptr<rocksdb::BackupEngineReadOnly>> open_for_reading(
    const std::filesystem::path& directory) {
  // Opening would make an absent directory.
  std::error_code ignored;
  if (!std::filesystem::is_directory(directory, ignored)) {
    return Error{Errc::not_found, "there are no backups in " + directory.string()};
  }
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  const auto status =
      rocksdb::BackupEngineReadOnly::Open(options_of(directory), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return error_of(status);
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine);
}

}  // namespace

Result<void> back_up_database(rocksdb::DB& database, const std::filesystem::path& directory,
                              const std::string& label, std::uint32_t kept,
                              const std::function<void(std::uint64_t)>& progress) {
  rocksdb::BackupEngine* opened = nullptr;
  auto status = static_cast<rocksdb::Status>(
      rocksdb::BackupEngine::Open(options_of(directory), rocksdb::Env::Default(), &opened));
  if (!status.ok()) return error_of(status);
  const std::unique_ptr<rocksdb::BackupEngine> engine(opened);

  rocksdb::CreateBackupOptions how;
  // Flushing would write a table file per family and backup; the write-ahead log is copied instead.
  how.flush_before_backup = false;
  std::uint64_t copied = 0;
  how.progress_callback = [&] {
    copied += kProgressEvery;
    if (progress) progress(copied);
  };
  rocksdb::BackupID number = 0;
  status = engine->CreateNewBackupWithMetadata(how, &database, label, &number);
  if (!status.ok()) return error_of(status);
  status = engine->VerifyBackup(number, true);
  if (!status.ok()) {
    // Not to be taken for a backup later.
    static_cast<void>(engine->DeleteBackup(number).ok());
    return error_of(status);
  }
  if (kept > 0) {
    status = engine->PurgeOldBackups(kept);
    if (!status.ok()) return error_of(status);
  }
  return {};
}

Result<std::vector<DatabaseBackup>> list_database_backups(const std::filesystem::path& directory) {
  CS_TRY(const auto engine, open_for_reading(directory));
  std::vector<rocksdb::BackupInfo> found;
  engine->GetBackupInfo(&found);
  std::vector<DatabaseBackup> backups;
  for (rocksdb::BackupInfo& info : found) {
    backups.push_back({info.backup_id, info.timestamp, info.size, std::move(info.app_metadata)});
  }
  return backups;
}

Result<void> restore_database(const std::filesystem::path& directory, std::uint32_t number,
                              const std::filesystem::path& database) {
  CS_TRY(const auto engine, open_for_reading(directory));
  std::error_code failed;
  if (std::filesystem::exists(database, failed) || failed) {
    return Error{Errc::conflict, database.string() + " is there already; nothing was changed"};
  }
  // Before anything is written: a damaged backup leaves no half of a database.
  rocksdb::Status status = engine->VerifyBackup(number, true);
  if (!status.ok()) return error_of(status);
  status = engine->RestoreDBFromBackup(number, database.string(), database.string());
  if (!status.ok()) return error_of(status);
  return {};
}

}  // namespace countersign::ledger
