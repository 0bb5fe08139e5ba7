#include "tests/faults/forgetful_file_system.h"

#include <utility>

namespace countersign::testing {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

FileKind kind_of(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name.ends_with(".log")) return FileKind::wal;
  if (name.ends_with(".sst")) return FileKind::table;
  if (name.starts_with("MANIFEST")) return FileKind::manifest;
  if (name == "CURRENT" || name.ends_with(".dbtmp")) return FileKind::current;
  return FileKind::other;
}

// As RocksDB's own file system says it.
IOStatus no_space() {
  IOStatus error = IOStatus::NoSpace("a disk of a test is full");
  error.SetRetryable(true);
  return error;
}

}  // namespace

std::string_view to_string(FileKind kind) {
  constexpr std::string_view kNames[] = {"wal", "table", "manifest", "current", "other"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(FileStep step) {
  constexpr std::string_view kNames[] = {"create", "append", "sync",          "close",
                                         "rename", "remove", "sync_directory"};
  return kNames[static_cast<std::size_t>(step)];
}

std::string_view to_string(Half half) {
  constexpr std::string_view kNames[] = {"not_persisted", "persisted", "torn"};
  return kNames[static_cast<std::size_t>(half)];
}

class ForgetfulFile final : public rocksdb::FSWritableFileWrapper {
 public:
  ForgetfulFile(ForgetfulFileSystem& system, const fs::path& name,
                std::shared_ptr<ForgetfulFileSystem::Bytes> bytes,
                std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileWrapper(file.get()),
        system_(system),
        kind_(kind_of(name)),
        bytes_(std::move(bytes)),
        file_(std::move(file)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    IOStatus error;
    const auto verdict = system_.decide(kind_, FileStep::append, error);
    if (verdict == ForgetfulFileSystem::Verdict::fail_before) return error;
    const bool half = verdict == ForgetfulFileSystem::Verdict::fail_half;
    const Slice part(data.data(), half ? data.size() / 2 : data.size());
    IOStatus done = file_->Append(part, options, debug);
    if (done.ok()) {
      const std::lock_guard lock(system_.mutex_);
      bytes_->written += part.size();
    }
    return verdict == ForgetfulFileSystem::Verdict::proceed ? done : error;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }

  IOStatus Sync(const IOOptions&, IODebugContext*) override { return synced(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return synced(); }
  // Starts writing back and waits for nothing, so it makes nothing durable.
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  bool IsSyncThreadSafe() const override { return true; }

  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    IOStatus error;
    const auto verdict = system_.decide(kind_, FileStep::close, error);
    IOStatus done = file_->Close(options, debug);
    return verdict == ForgetfulFileSystem::Verdict::proceed ? done : error;
  }

 private:
  IOStatus synced() {
    IOStatus error;
    const auto verdict = system_.decide(kind_, FileStep::sync, error);
    if (verdict == ForgetfulFileSystem::Verdict::fail_before) return error;
    const std::lock_guard lock(system_.mutex_);
    if (!system_.ignore_syncs_) bytes_->synced = bytes_->written;
    return error;
  }

  ForgetfulFileSystem& system_;
  const FileKind kind_;
  const std::shared_ptr<ForgetfulFileSystem::Bytes> bytes_;
  const std::unique_ptr<rocksdb::FSWritableFile> file_;
};

class ForgetfulDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  ForgetfulDirectory(ForgetfulFileSystem& system, std::string name,
                     std::unique_ptr<rocksdb::FSDirectory> directory)
      : FSDirectoryWrapper(std::move(directory)), system_(system), name_(std::move(name)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return synced(); }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*,
                               const rocksdb::DirFsyncOptions&) override {
    return synced();
  }

 private:
  IOStatus synced() {
    IOStatus error;
    const auto verdict = system_.decide(FileKind::other, FileStep::sync_directory, error);
    if (verdict != ForgetfulFileSystem::Verdict::fail_before) system_.directory_synced(name_);
    return error;
  }

  ForgetfulFileSystem& system_;
  const std::string name_;
};

ForgetfulFileSystem::ForgetfulFileSystem(fs::path attic)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), attic_(std::move(attic)) {
  fs::create_directories(attic_);
}

ForgetfulFileSystem::~ForgetfulFileSystem() = default;

void ForgetfulFileSystem::fail(const DiskFault& fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  failed_ = false;
}

bool ForgetfulFileSystem::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

void ForgetfulFileSystem::cut_power_after(std::uint64_t steps) {
  const std::lock_guard lock(mutex_);
  power_left_ = steps;
}

bool ForgetfulFileSystem::power_is_cut() const {
  const std::lock_guard lock(mutex_);
  return power_left_ == 0u;
}

void ForgetfulFileSystem::ignore_syncs() {
  const std::lock_guard lock(mutex_);
  ignore_syncs_ = true;
}

void ForgetfulFileSystem::set_full(bool full) {
  const std::lock_guard lock(mutex_);
  full_ = full;
}

void ForgetfulFileSystem::set_free_space(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  free_space_ = bytes;
}

std::uint64_t ForgetfulFileSystem::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

std::uint64_t ForgetfulFileSystem::forgotten_bytes() const {
  const std::lock_guard lock(mutex_);
  return forgotten_bytes_;
}

std::uint64_t ForgetfulFileSystem::forgotten_names() const {
  const std::lock_guard lock(mutex_);
  return forgotten_names_;
}

ForgetfulFileSystem::Verdict ForgetfulFileSystem::decide(FileKind kind, FileStep step,
                                                         IOStatus& error) {
  const std::lock_guard lock(mutex_);
  ++steps_;
  if (power_left_) {
    if (*power_left_ > 0) --*power_left_;
    if (*power_left_ == 0) {
      error = IOStatus::IOError("the power is off");
      return Verdict::fail_before;
    }
  }
  if (full_ && (step == FileStep::create || step == FileStep::append)) {
    error = no_space();
    return Verdict::fail_before;
  }
  if (!fault_ || fault_->kind != kind || fault_->step != step || --fault_->number > 0) {
    return Verdict::proceed;
  }
  failed_ = true;
  error = fault_->no_space ? no_space() : IOStatus::IOError("a disk of a test failed");
  const Half half = fault_->half;
  fault_.reset();
  if (half == Half::not_persisted) return Verdict::fail_before;
  return half == Half::torn ? Verdict::fail_half : Verdict::fail_after;
}

// A second name for what is under `name` now.
fs::path ForgetfulFileSystem::keep(const fs::path& name) {
  if (!fs::exists(name)) return {};
  const fs::path kept = attic_ / std::to_string(kept_++);
  fs::create_hard_link(name, kept);
  return kept;
}

IOStatus ForgetfulFileSystem::opened(const std::string& name, bool fresh,
                                     std::unique_ptr<rocksdb::FSWritableFile>* file) {
  const std::lock_guard lock(mutex_);
  auto& bytes = files_[name];
  if (fresh || bytes == nullptr) {
    // What was there before this file system looked is taken to be durable.
    const std::uint64_t size = fresh ? 0 : fs::file_size(name);
    bytes = std::make_shared<Bytes>(Bytes{size, size});
  }
  *file = std::make_unique<ForgetfulFile>(*this, name, bytes, std::move(*file));
  return IOStatus::OK();
}

IOStatus ForgetfulFileSystem::NewWritableFile(const std::string& name,
                                              const rocksdb::FileOptions& options,
                                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                                              IODebugContext* debug) {
  IOStatus error;
  const Verdict verdict = decide(kind_of(name), FileStep::create, error);
  if (verdict == Verdict::fail_before) return error;
  {
    const std::lock_guard lock(mutex_);
    const auto old = files_.find(name);
    NameChange change{
        FileStep::create, name, {}, keep(name), old == files_.end() ? nullptr : old->second};
    // Truncating would reach the kept name too: the old file goes, and a new one takes its name.
    if (!change.kept.empty()) fs::remove(name);
    changes_.push_back(std::move(change));
  }
  IOStatus done = target()->NewWritableFile(name, options, file, debug);
  if (!done.ok()) return done;
  done = opened(name, true, file);
  if (verdict == Verdict::proceed) return done;
  file->reset();
  return error;
}

IOStatus ForgetfulFileSystem::ReopenWritableFile(const std::string& name,
                                                 const rocksdb::FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                 IODebugContext* debug) {
  if (!fs::exists(name)) return NewWritableFile(name, options, file, debug);
  IOStatus done = target()->ReopenWritableFile(name, options, file, debug);
  return done.ok() ? opened(name, false, file) : done;
}

IOStatus ForgetfulFileSystem::ReuseWritableFile(const std::string& name, const std::string&,
                                                const rocksdb::FileOptions&,
                                                std::unique_ptr<rocksdb::FSWritableFile>*,
                                                IODebugContext*) {
  return IOStatus::NotSupported("the log never reuses files: " + name);
}

IOStatus ForgetfulFileSystem::NewDirectory(const std::string& name, const IOOptions& options,
                                           std::unique_ptr<rocksdb::FSDirectory>* directory,
                                           IODebugContext* debug) {
  IOStatus done = target()->NewDirectory(name, options, directory, debug);
  if (done.ok()) {
    *directory = std::make_unique<ForgetfulDirectory>(*this, name, std::move(*directory));
  }
  return done;
}

IOStatus ForgetfulFileSystem::RenameFile(const std::string& from, const std::string& to,
                                         const IOOptions& options, IODebugContext* debug) {
  IOStatus error;
  const Verdict verdict = decide(kind_of(from), FileStep::rename, error);
  if (verdict == Verdict::fail_before) return error;
  const std::lock_guard lock(mutex_);
  NameChange change{FileStep::rename, to, from, keep(to), nullptr};
  if (const auto old = files_.find(to); old != files_.end()) change.kept_bytes = old->second;
  IOStatus done = target()->RenameFile(from, to, options, debug);
  if (!done.ok()) return done;
  if (auto moved = files_.extract(from)) {
    files_[to] = moved.mapped();
  } else {
    files_.erase(to);
  }
  changes_.push_back(std::move(change));
  return error;
}

IOStatus ForgetfulFileSystem::DeleteFile(const std::string& name, const IOOptions& options,
                                         IODebugContext* debug) {
  IOStatus error;
  const Verdict verdict = decide(kind_of(name), FileStep::remove, error);
  if (verdict == Verdict::fail_before) return error;
  const std::lock_guard lock(mutex_);
  NameChange change{FileStep::remove, name, {}, keep(name), nullptr};
  if (const auto old = files_.find(name); old != files_.end()) change.kept_bytes = old->second;
  IOStatus done = target()->DeleteFile(name, options, debug);
  if (!done.ok()) return done;
  files_.erase(name);
  changes_.push_back(std::move(change));
  return error;
}

IOStatus ForgetfulFileSystem::GetFreeSpace(const std::string& path, const IOOptions& options,
                                           std::uint64_t* bytes, IODebugContext* debug) {
  {
    const std::lock_guard lock(mutex_);
    if (free_space_) {
      *bytes = *free_space_;
      return IOStatus::OK();
    }
  }
  return target()->GetFreeSpace(path, options, bytes, debug);
}

void ForgetfulFileSystem::directory_synced(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (ignore_syncs_) return;
  const fs::path directory = (fs::path(name) / "").parent_path();
  std::erase_if(changes_, [&](const NameChange& change) {
    if (change.name.parent_path() != directory) return false;
    if (!change.kept.empty()) fs::remove(change.kept);
    return true;
  });
}

void ForgetfulFileSystem::undo(const NameChange& change) {
  if (change.step == FileStep::rename) {
    fs::rename(change.name, change.from);
    if (auto moved = files_.extract(change.name)) files_[change.from] = moved.mapped();
  } else if (change.step == FileStep::create) {
    fs::remove(change.name);
    files_.erase(change.name);
  }
  if (change.kept.empty()) return;
  fs::rename(change.kept, change.name);
  if (change.kept_bytes != nullptr) files_[change.name] = change.kept_bytes;
}

void ForgetfulFileSystem::forget(std::mt19937& random) {
  const auto up_to = [&random](std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
  };
  // Nothing, everything, or some of what was never synced: each now and then.
  forget([&](std::uint64_t most) {
    const std::uint64_t way = up_to(2);
    if (way == 0) return std::uint64_t{0};
    return way == 1 ? most : up_to(most);
  });
}

void ForgetfulFileSystem::forget_all() {
  forget([](std::uint64_t) { return std::uint64_t{0}; });
}

void ForgetfulFileSystem::forget(const std::function<std::uint64_t(std::uint64_t)>& survives) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t names = survives(changes_.size());
  while (changes_.size() > names) {
    undo(changes_.back());
    changes_.pop_back();
    ++forgotten_names_;
  }
  for (auto& [name, bytes] : files_) {
    if (bytes->written == bytes->synced || !fs::exists(name)) continue;
    const std::uint64_t length = bytes->synced + survives(bytes->written - bytes->synced);
    forgotten_bytes_ += bytes->written - length;
    fs::resize_file(name, length);
  }
  files_.clear();
  changes_.clear();
  fs::remove_all(attic_);
  fs::create_directories(attic_);
  fault_.reset();
  power_left_.reset();
  ignore_syncs_ = false;
  full_ = false;
}

void ForgetfulFileSystem::heal() {
  const std::lock_guard lock(mutex_);
  fault_.reset();
  power_left_.reset();
  ignore_syncs_ = false;
  full_ = false;
}

}  // namespace countersign::testing
