// The checkpoint last given out, kept outside the database: what tells a restored older copy from
// the ledger everybody else has seen.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ledger/base/result.h"

namespace countersign::ledger {

// Replaces the file as a whole. Not synced: the database is synced before a checkpoint exists, so
// losing this file's last seconds only makes the comparison laxer, never wrong.
//   Errc::io
Result<void> write_published_checkpoint(const std::filesystem::path& file, const std::string& note);

// None if nothing was published yet.
//   Errc::io
Result<std::optional<std::string>> read_published_checkpoint(const std::filesystem::path& file);

}  // namespace countersign::ledger
