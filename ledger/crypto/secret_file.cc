#include "ledger/crypto/secret_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace countersign::ledger {

namespace {

Error failed(const std::filesystem::path& path, const char* what) {
  return {Errc::io, std::string(what) + " " + path.string() + ": " + std::strerror(errno)};
}

Result<void> sync_directory_of(const std::filesystem::path& path) {
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return failed(directory, "cannot open");
  const int synced = ::fsync(file);
  ::close(file);
  if (synced != 0) return failed(directory, "cannot sync");
  return {};
}

// The name under which content is written before it has its own. What an attempt that was cut off
// left there is removed.
Result<std::filesystem::path> name_beside(const std::filesystem::path& path) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return failed(fresh, "cannot remove");
  return fresh;
}

// Synced, but for its name.
Result<void> create(const std::filesystem::path& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return failed(path, "cannot create");
  const auto written = ::write(file, content.data(), content.size());
  const bool durable = written == static_cast<ssize_t>(content.size()) && ::fsync(file) == 0;
  const Error failure = failed(path, "cannot write");
  ::close(file);
  if (!durable) {
    // No part of a secret stays behind.
    ::unlink(path.c_str());
    return failure;
  }
  return {};
}

}  // namespace

Result<void> write_secret_file(const std::filesystem::path& path, std::string_view content) {
  CS_TRY(const std::filesystem::path fresh, name_beside(path));
  CS_CHECK(create(fresh, content));
  // Unlike a rename it takes nobody's place.
  const bool named = ::link(fresh.c_str(), path.c_str()) == 0;
  const Error failure = errno == EEXIST ? Error{Errc::conflict, path.string() + " exists already"}
                                        : failed(path, "cannot create");
  ::unlink(fresh.c_str());
  if (!named) return failure;
  return sync_directory_of(path);
}

Result<void> replace_secret_file(const std::filesystem::path& path, std::string_view content) {
  CS_TRY(const std::filesystem::path fresh, name_beside(path));
  CS_CHECK(create(fresh, content));
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    const Error failure = failed(path, "cannot replace");
    ::unlink(fresh.c_str());
    return failure;
  }
  return sync_directory_of(path);
}

Result<std::string> read_secret_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) {
    if (errno == ENOENT) return Error{Errc::not_found, path.string() + " does not exist"};
    return failed(path, "cannot open");
  }
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0;
  if (!known || status.st_uid != ::geteuid() || (status.st_mode & 077) != 0) {
    ::close(file);
    return Error{Errc::unauthorized,
                 path.string() +
                     " must belong to this user and be closed to group and others "
                     "(chmod 600)"};
  }
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  const auto read = ::read(file, content.data(), content.size());
  ::close(file);
  if (read != static_cast<ssize_t>(content.size())) return failed(path, "cannot read");
  return content;
}

}  // namespace countersign::ledger
