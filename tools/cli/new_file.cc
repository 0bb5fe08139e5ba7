#include "tools/cli/new_file.h"

#include "ledger/evidence/file_io.h"

#include <cerrno>
#include <filesystem>

#include <unistd.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

namespace fs = std::filesystem;

Error there_already(const std::string& path) {
  return {Errc::conflict, path + " is there already; --force replaces it"};
}

Result<void> write_and_name(const fs::path& made, const std::string& path, std::string_view bytes,
                            bool replace) {
  {
    CS_TRY(const auto file, ledger::create_file(made));
    CS_CHECK(ledger::write_all(file, made, ledger::as_bytes(bytes)));
    if (::fsync(file.get()) != 0) return ledger::system_error(path, "cannot write");
  }
  if (replace) {
    if (::rename(made.c_str(), path.c_str()) == 0) return {};
    return ledger::system_error(path, "cannot write");
  }
  // A link, unlike a new name, fails where a file is.
  if (::link(made.c_str(), path.c_str()) == 0) return {};
  if (errno == EEXIST) return there_already(path);
  return ledger::system_error(path, "cannot write");
}

}  // namespace

Result<void> check_writable(const std::string& path, bool replace) {
  std::error_code error;
  const bool there = fs::exists(fs::symlink_status(path, error));
  if (there && !replace) return there_already(path);
  return {};
}

Result<void> write_new_file(const std::string& path, std::string_view bytes, bool replace) {
  const fs::path made = path + ".part-" + std::to_string(::getpid());
  const auto done = write_and_name(made, path, bytes, replace);
  std::error_code error;
  fs::remove(made, error);  // after a rename there is none
  return done;
}

}  // namespace countersign::tools
