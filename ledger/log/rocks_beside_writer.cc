#include "ledger/log/rocks_beside_writer.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <thread>

namespace countersign::ledger {

namespace {

constexpr int kAttempts = 100;
constexpr std::chrono::milliseconds kPause{20};

// What a flush or a compaction changes: which files there are, and the manifest's length. The
// write-ahead log's length, which every append changes, is left out: its whole records up to any
// length are a past of the log.
using FileSet = std::map<std::string, std::uintmax_t>;

FileSet files_of(const std::filesystem::path& directory) {
  FileSet files;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(directory, failed), end; !failed && at != end;
       at.increment(failed)) {
    const std::string name = at->path().filename().string();
    std::error_code gone;
    const bool grows_in_place = name.starts_with("MANIFEST");
    if (name.starts_with("LOG") || name == "LOCK") continue;
    files[name] = grows_in_place ? std::filesystem::file_size(at->path(), gone) : 0;
  }
  return files;
}

}  // namespace

rocksdb::Status open_beside_writer(rocksdb::DBOptions options, const std::string& directory,
                                   const std::vector<rocksdb::ColumnFamilyDescriptor>& families,
                                   std::vector<rocksdb::ColumnFamilyHandle*>* handles,
                                   rocksdb::DB** db) {
  options.max_open_files = -1;  // opens every file at once and keeps it
  rocksdb::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const FileSet before = files_of(directory);
    status = rocksdb::DB::OpenForReadOnly(options, directory, families, handles, db);
    if (files_of(directory) == before) return status;
    if (status.ok()) {
      for (auto* handle : *handles) (*db)->DestroyColumnFamilyHandle(handle);
      handles->clear();
      delete *db;
      *db = nullptr;
      status = rocksdb::Status::Busy("the writer replaces files faster than they can be opened");
    }
    std::this_thread::sleep_for(kPause);
  }
  return status;
}

}  // namespace countersign::ledger
