// ForgetfulFileSystem: a disk under RocksDB that can fail, fill up, and lose power.
//
// It writes through to real files and remembers what a sync made durable: bytes of files by their
// own sync, names (creations, renames, deletions) by a sync of their directory. After a power cut
// every operation fails; forget() then makes the real files what such a machine may find: bytes
// never synced are gone or torn off at any length, names never synced are undone from some point
// on, in the order they were made.
//
// Real syncs are left out, which makes hundreds of rounds quick and changes nothing: what survives
// is decided here, not by the machine.
//
// Thread safety: all functions; forget() while no database uses it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/file_system.h>

namespace countersign::testing {

enum class FileKind : std::uint8_t { wal, table, manifest, current, other };
enum class FileStep : std::uint8_t { create, append, sync, close, rename, remove, sync_directory };
// What a failing step leaves behind: nothing, all of it, or the first half of an append.
enum class Half : std::uint8_t { not_persisted, persisted, torn };

std::string_view to_string(FileKind kind);
std::string_view to_string(FileStep step);
std::string_view to_string(Half half);

// The `number`th such step from now on fails (from 1); all later ones succeed again.
struct DiskFault {
  FileKind kind = FileKind::wal;
  FileStep step = FileStep::append;
  Half half = Half::not_persisted;
  bool no_space = false;  // ENOSPC, otherwise EIO
  std::uint64_t number = 1;
};

class ForgetfulFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  // `attic` keeps replaced and deleted files until their directory is synced.
  explicit ForgetfulFileSystem(std::filesystem::path attic);
  ~ForgetfulFileSystem() override;
  const char* Name() const override { return "ForgetfulFileSystem"; }

  void fail(const DiskFault& fault);
  bool failed() const;  // the fault was met
  // The power goes at the `steps`th step from now on: nothing after it reaches the disk.
  void cut_power_after(std::uint64_t steps);
  bool power_is_cut() const;
  // Syncs succeed and make nothing durable, from now on.
  void ignore_syncs();
  // Every creation and append fails with ENOSPC while it is full.
  void set_full(bool full);
  // What GetFreeSpace says; none: the machine's figure.
  void set_free_space(std::optional<std::uint64_t> bytes);
  std::uint64_t steps() const;  // so far
  std::uint64_t forgotten_bytes() const;
  std::uint64_t forgotten_names() const;

  // The machine starts again: only what was durable, and some of what was not, is there.
  void forget(std::mt19937& random);
  // As forget(), and nothing survives that was not durable.
  void forget_all();
  // The process starts again on a running machine: what was written is there.
  void heal();

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& name, const std::string& old_name,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                 std::uint64_t* bytes, rocksdb::IODebugContext* debug) override;

 private:
  friend class ForgetfulFile;
  friend class ForgetfulDirectory;

  struct Bytes {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };
  // A change of a directory that its next sync makes durable.
  struct NameChange {
    FileStep step = FileStep::create;  // create, rename or remove
    std::filesystem::path name;
    std::filesystem::path from;  // of a rename
    std::filesystem::path kept;  // in the attic: what was under `name` before; may be empty
    std::shared_ptr<Bytes> kept_bytes;
  };
  enum class Verdict : std::uint8_t { proceed, fail_before, fail_half, fail_after };

  // Counts the step and says what becomes of it; `error` is set unless it proceeds.
  Verdict decide(FileKind kind, FileStep step, rocksdb::IOStatus& error);
  std::filesystem::path keep(const std::filesystem::path& name);
  rocksdb::IOStatus opened(const std::string& name, bool fresh,
                           std::unique_ptr<rocksdb::FSWritableFile>* file);
  void directory_synced(const std::string& name);
  void undo(const NameChange& change);
  // `survives` says how much of an undurable amount is there all the same.
  void forget(const std::function<std::uint64_t(std::uint64_t)>& survives);

  const std::filesystem::path attic_;
  mutable std::mutex mutex_;  // guards all below
  std::map<std::filesystem::path, std::shared_ptr<Bytes>> files_;
  std::vector<NameChange> changes_;  // not yet durable, in order
  std::optional<DiskFault> fault_;
  bool failed_ = false;
  std::optional<std::uint64_t> power_left_;  // steps
  std::optional<std::uint64_t> free_space_;
  bool ignore_syncs_ = false;
  bool full_ = false;
  std::uint64_t steps_ = 0;
  std::uint64_t kept_ = 0;
  std::uint64_t forgotten_bytes_ = 0;
  std::uint64_t forgotten_names_ = 0;
};

}  // namespace countersign::testing
