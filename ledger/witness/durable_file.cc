#include "ledger/witness/durable_file.h"

#include "ledger/evidence/file_io.h"

#include <system_error>

#include <unistd.h>

namespace countersign::ledger {

namespace {

constexpr std::size_t kBytesMax = 1 << 20;

}  // namespace

Result<void> replace_durably(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::path next = path;
  next += ".new";
  // Left by whoever was killed before the rename; nobody was told of it.
  std::error_code ignored;
  std::filesystem::remove(next, ignored);
  {
    CS_TRY(const FileHandle file, create_file(next));
    CS_CHECK(write_all(file, next, as_bytes(content)));
    if (::fsync(file.get()) != 0) return system_error(next, "cannot sync");
  }
  std::error_code failed;
  std::filesystem::rename(next, path, failed);
  if (failed) return Error{Errc::io, "cannot replace " + path.string() + ": " + failed.message()};
  return sync_directory(path.parent_path());
}

Result<std::string> read_small_file(const std::filesystem::path& path) {
  CS_TRY(const FileHandle file, open_file(path));
  std::string content;
  while (content.size() <= kBytesMax) {
    std::string part(64 << 10, '\0');
    CS_TRY(const std::size_t count, read_some(file, path, part));
    if (count == 0) return content;
    content.append(part, 0, count);
  }
  return Error{Errc::corrupt, path.string() + " is too large to be what it should be"};
}

}  // namespace countersign::ledger
