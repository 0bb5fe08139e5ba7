// Files that a subcommand writes: whole or not at all, and never over another unless that is asked
// for.
#pragma once

#include "ledger/base/result.h"

#include <string>
#include <string_view>

namespace countersign::tools {

// Before anything is asked of the service, which may record that it was.
//   Errc::conflict   the file is there, and it may not be replaced
ledger::Result<void> check_writable(const std::string& path, bool replace);

// Mode 0600, on the disk before it has its name.
//   Errc::conflict   as above, also when it came meanwhile      Errc::io, Errc::unavailable
ledger::Result<void> write_new_file(const std::string& path, std::string_view bytes, bool replace);

}  // namespace countersign::tools
