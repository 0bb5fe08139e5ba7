// TempDir: an empty directory of its own for one test, removed with all it holds at the end.
#pragma once

#include "ledger/base/result.h"

#include <filesystem>
#include <string>
#include <system_error>

#include <stdlib.h>

namespace countersign::testing {

class TempDir {
 public:
  TempDir() {
    // mkdtemp puts a name nobody has in place of the last six characters.
    std::string name =
        (std::filesystem::temp_directory_path() / ("countersign-" + std::string(6, 'X'))).string();
    CS_ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace countersign::testing
