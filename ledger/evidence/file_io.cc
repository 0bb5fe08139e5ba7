#include "ledger/evidence/file_io.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace countersign::ledger {

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Error system_error(const std::filesystem::path& path, const char* what) {
  const Errc code = errno == ENOENT                       ? Errc::not_found
                    : errno == ENOSPC || errno == EDQUOT ? Errc::unavailable
                                                          : Errc::io;
  return {code, std::string(what) + " " + path.string() + ": " + std::strerror(errno)};
}

Result<FileHandle> create_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0 && errno == EEXIST) {
    return Error{Errc::conflict, path.string() + " exists already"};
  }
  if (file < 0) return system_error(path, "cannot create");
  return FileHandle(file);
}

Result<FileHandle> open_file(const std::filesystem::path& path) {
  // Without waiting, should somebody have put a pipe there.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0 && errno == ELOOP) return Error{Errc::corrupt, path.string() + " is a link"};
  if (file < 0) return system_error(path, "cannot open");
  FileHandle handle(file);
  struct stat status {};
  if (::fstat(file, &status) != 0) return system_error(path, "cannot examine");
  if (!S_ISREG(status.st_mode)) return Error{Errc::corrupt, path.string() + " is not a file"};
  return handle;
}

Result<void> write_all(const FileHandle& file, const std::filesystem::path& path, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(path, "cannot write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::size_t> read_some(const FileHandle& file, const std::filesystem::path& path,
                              std::string& part) {
  while (true) {
    const ssize_t count = ::read(file.get(), part.data(), part.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return system_error(path, "cannot read");
  }
}

Result<void> make_owner_directory(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0) return {};
  if (errno == EEXIST && std::filesystem::is_directory(directory)) return {};
  return system_error(directory, "cannot create");
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  const FileHandle file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0) return system_error(directory, "cannot open");
  if (::fsync(file.get()) != 0) return system_error(directory, "cannot sync");
  return {};
}

Result<std::uint64_t> free_bytes(const std::filesystem::path& directory) {
  struct statvfs status {};
  if (::statvfs(directory.c_str(), &status) != 0) return system_error(directory, "cannot examine");
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace countersign::ledger
