// Files that are there, whole and on the disk, before anybody is told of them.
#pragma once

#include "ledger/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace countersign::ledger {

// Replaces the file in one step; it and its directory entry are synced. Mode 0600. One caller at a
// time for one file.
//   Errc::unavailable   the disk is full      Errc::io
Result<void> replace_durably(const std::filesystem::path& path, std::string_view content);

// The whole of a file.
//   Errc::not_found      Errc::corrupt   not a regular file, or larger than 1 MiB      Errc::io
Result<std::string> read_small_file(const std::filesystem::path& path);

}  // namespace countersign::ledger
