#include "ledger/evidence/incoming_file.h"

#include "ledger/crypto/random.h"

#include <algorithm>

#include <unistd.h>

namespace countersign::ledger {

namespace {

Result<void> leave_free(const std::filesystem::path& directory, std::uint64_t reserve_bytes,
                        std::uint64_t wanted) {
  CS_TRY(const std::uint64_t left, free_bytes(directory));
  if (left >= reserve_bytes && left - reserve_bytes >= wanted) return {};
  return Error{Errc::unavailable, "the disk is nearly full"};
}

}  // namespace

Result<std::unique_ptr<IncomingFile>> IncomingFile::create(const std::filesystem::path& directory,
                                                           std::uint64_t reserve_bytes,
                                                           std::uint64_t announced) {
  CS_CHECK(leave_free(directory, reserve_bytes, announced));
  auto path = directory / to_hex(as_bytes(random_bytes(16)));
  CS_TRY(FileHandle file, create_file(path));
  return std::unique_ptr<IncomingFile>(
      new IncomingFile(std::move(path), reserve_bytes, std::move(file)));
}

IncomingFile::~IncomingFile() {
  if (!kept_) ::unlink(path_.c_str());
}

Result<void> IncomingFile::append(ByteSpan bytes) {
  // Others write, too: what was free at the beginning need not be now.
  CS_CHECK(leave_free(path_.parent_path(), reserve_bytes_, bytes.size()));
  CS_CHECK(write_all(file_, path_, bytes));
  running_.add(bytes);
  size_ += bytes.size();
  head_ += as_chars(bytes.first(std::min(bytes.size(), kHeadBytes - head_.size())));
  return {};
}

void IncomingFile::finish() { hash_ = running_.finish(); }

Result<void> IncomingFile::move_to(const std::filesystem::path& to) {
  if (::fsync(file_.get()) != 0) return system_error(path_, "cannot sync");
  if (::rename(path_.c_str(), to.c_str()) != 0) return system_error(to, "cannot name");
  kept_ = true;
  return sync_directory(to.parent_path());
}

}  // namespace countersign::ledger
