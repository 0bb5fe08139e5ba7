// IncomingFile: bytes on their way into the store. They are hashed as they come, memory stays flat,
// and the file goes with this object unless it is kept: an upload that was cut off leaves nothing.
//
// Thread safety: one thread at a time.
#pragma once

#include "ledger/crypto/sha256.h"
#include "ledger/evidence/file_io.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::ledger {

class IncomingFile {
 public:
  // A new file of a random name in `directory`. `reserve_bytes` of its disk stay free, after all
  // `announced` bytes, too; 0: it is not known how many come.
  //   Errc::unavailable   the disk is nearly full      Errc::not_found, Errc::io
  static Result<std::unique_ptr<IncomingFile>> create(const std::filesystem::path& directory,
                                                      std::uint64_t reserve_bytes,
                                                      std::uint64_t announced);
  ~IncomingFile();
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  // As create(). After an error the file is of no use.
  Result<void> append(ByteSpan bytes);
  // Nothing more comes.
  void finish();

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  // REQUIRES: finish() was called.
  const Hash& hash() const { return hash_; }
  // The first bytes, at most kHeadBytes, to tell the kind of file by.
  static constexpr std::size_t kHeadBytes = 8 << 10;
  std::string_view head() const { return head_; }

  // Gives it the name `to` on the same disk, in the place of what had that name; durable when it
  // returns. REQUIRES: finish() was called.
  Result<void> move_to(const std::filesystem::path& to);

 private:
  IncomingFile(std::filesystem::path path, std::uint64_t reserve_bytes, FileHandle file)
      : path_(std::move(path)), reserve_bytes_(reserve_bytes), file_(std::move(file)) {}

  std::filesystem::path path_;
  const std::uint64_t reserve_bytes_;
  FileHandle file_;
  RunningSha256 running_;
  std::uint64_t size_ = 0;
  std::string head_;
  Hash hash_{};
  bool kept_ = false;
};

}  // namespace countersign::ledger
