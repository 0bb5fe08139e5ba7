// The limit of the disk: appending some bytes to a file and syncing them, with nothing around it.
#pragma once

#include "ledger/base/result.h"
#include "tools/load/timings.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace countersign::tools {

// Appends `bytes` to a new file of this name and syncs them (fdatasync), again and again for
// `length`; the file is removed.
//   Errc::io
ledger::Result<Timings> run_sync_limit(const std::string& file, std::size_t bytes,
                                       std::chrono::duration<double> length);

}  // namespace countersign::tools
