// Files as this folder makes them: for their owner alone, durable before they are named, never
// through a symbolic link.
#pragma once

#include "ledger/base/bytes.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

namespace countersign::ledger {

// An open file; closed when it goes.
class FileHandle {
 public:
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileHandle();

  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// Of the last system call; a path of evidence names a hash, never a person.
Error system_error(const std::filesystem::path& path, const char* what);

// A new file of mode 0600.
//   Errc::conflict   it is there already      Errc::io
Result<FileHandle> create_file(const std::filesystem::path& path);
//   Errc::not_found      Errc::corrupt   not a regular file      Errc::io
Result<FileHandle> open_file(const std::filesystem::path& path);

// All of the bytes.
//   Errc::unavailable   the disk is full      Errc::io
Result<void> write_all(const FileHandle& file, const std::filesystem::path& path, ByteSpan bytes);
// The next bytes into `part`, at most its size; 0 at the end.
Result<std::size_t> read_some(const FileHandle& file, const std::filesystem::path& path,
                              std::string& part);

// Mode 0700; there already is well.
Result<void> make_owner_directory(const std::filesystem::path& directory);
Result<void> sync_directory(const std::filesystem::path& directory);

// Bytes that this user may still write on the disk that holds the directory.
Result<std::uint64_t> free_bytes(const std::filesystem::path& directory);

}  // namespace countersign::ledger
