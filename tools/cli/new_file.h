// Files that a subcommand writes: whole or not at all, and never over another unless that is asked
// for.
#pragma once

#include "ledger/base/result.h"
#include "ledger/evidence/file_io.h"

#include <string>
#include <string_view>
#include <utility>

namespace countersign::tools {

// Before anything is asked of the service, which may record that it was.
//   Errc::conflict   the file is there and may not be replaced, or is no regular file
ledger::Result<void> check_writable(const std::string& path, bool replace);

// A file of mode 0600 that comes in pieces. It has its name once all of it is on the disk; what is
// not finished leaves nothing.
class NewFile {
 public:
  // As check_writable(), and Errc::io.
  static ledger::Result<NewFile> begin(const std::string& path, bool replace);
  NewFile(NewFile&& other) noexcept
      : path_(std::move(other.path_)),
        made_(std::exchange(other.made_, {})),
        file_(std::move(other.file_)),
        replace_(other.replace_) {}
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  //   Errc::io, Errc::unavailable
  ledger::Result<void> add(std::string_view bytes);
  // The last call.
  //   Errc::conflict   a file came meanwhile      Errc::io
  ledger::Result<void> finish();

 private:
  NewFile(std::string path, std::string made, ledger::FileHandle file, bool replace);

  std::string path_;
  std::string made_;  // its name until it is finished
  ledger::FileHandle file_;
  bool replace_;
};

// All of it at once. Errors as NewFile.
ledger::Result<void> write_new_file(const std::string& path, std::string_view bytes, bool replace);

}  // namespace countersign::tools
