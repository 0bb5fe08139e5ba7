#include "tools/cli/new_file.h"

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

}  // namespace

Result<void> check_writable(const std::string& path, bool replace) {
  std::error_code error;
  const auto there = fs::symlink_status(path, error);
  if (!fs::exists(there)) return {};
  if (!replace) return there_already(path);
  if (fs::is_regular_file(there)) return {};
  // A new name would take the place of a link or a device, not its content.
  return Error{Errc::conflict, path + " is there and is no regular file"};
}

Result<NewFile> NewFile::begin(const std::string& path, bool replace) {
  CS_CHECK(check_writable(path, replace));
  std::string made = path + ".part-" + std::to_string(::getpid());
  CS_TRY(auto file, ledger::create_file(made));
  return NewFile(path, std::move(made), std::move(file), replace);
}

NewFile::NewFile(std::string path, std::string made, ledger::FileHandle file, bool replace)
    : path_(std::move(path)), made_(std::move(made)), file_(std::move(file)), replace_(replace) {}

NewFile::~NewFile() {
  // After a rename there is none.
  if (!made_.empty()) ::unlink(made_.c_str());
}

Result<void> NewFile::add(std::string_view bytes) {
  return ledger::write_all(file_, made_, ledger::as_bytes(bytes));
}

Result<void> NewFile::finish() {
  if (::fsync(file_.get()) != 0) return ledger::system_error(path_, "cannot write");
  if (replace_) {
    if (::rename(made_.c_str(), path_.c_str()) == 0) return {};
    return ledger::system_error(path_, "cannot write");
  }
  // A link, unlike a new name, fails where a file is.
  if (::link(made_.c_str(), path_.c_str()) == 0) return {};
  if (errno == EEXIST) return there_already(path_);
  return ledger::system_error(path_, "cannot write");
}

Result<void> write_new_file(const std::string& path, std::string_view bytes, bool replace) {
  CS_TRY(NewFile file, NewFile::begin(path, replace));
  CS_CHECK(file.add(bytes));
  return file.finish();
}

}  // namespace countersign::tools
