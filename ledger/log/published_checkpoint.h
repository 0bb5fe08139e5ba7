// The published checkpoint: the last one that left the log, kept in a file outside the database
// (published/checkpoint). A database that was rolled back, restored from an old copy or replaced
// is found out by it.
#pragma once

#include "ledger/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::ledger {

// Replaces the file in one step; makes its directory. REQUIRES: the checkpoint is durable in the
// log. Blocks on no disk.
//   Errc::io
Result<void> publish_checkpoint(const std::filesystem::path& file, std::string_view note);

// None when there is no such file, or an empty one.
//   Errc::io
Result<std::optional<std::string>> read_published_checkpoint(const std::filesystem::path& file);

}  // namespace countersign::ledger
