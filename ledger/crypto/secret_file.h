// Key files: readable by their owner alone, written whole, durable before they are used.
#pragma once

#include "ledger/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace countersign::ledger {

// Creates the file with mode 0600; it and its directory entry are synced. After a crash it is there
// whole or not at all. It is written under another name first (path + ".new"): what an attempt that
// was cut off left there is written over.
//   Errc::conflict   the file exists      Errc::io
Result<void> write_secret_file(const std::filesystem::path& path, std::string_view content);
// Puts other content in the place of the file's, in the same way: after a crash it holds the old or
// the new.
//   Errc::io
Result<void> replace_secret_file(const std::filesystem::path& path, std::string_view content);
//   Errc::not_found
//   Errc::unauthorized   owned by somebody else, or readable by group or others
Result<std::string> read_secret_file(const std::filesystem::path& path);

}  // namespace countersign::ledger
