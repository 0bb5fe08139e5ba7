// Growth: makes a ledger as ten years of campaigns leave it. The same options give the same acts,
// edits and instants of receipt; salts, the log's key and the instants of sequencing differ.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/ids.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace countersign::tools {

struct GrowthOptions {
  std::filesystem::path directory;  // of the ledger to be made
  std::string origin = "ledger.jiangpan.example/growth";  // gets "/simulated"
  // Wanted in the end. A campaign has some 3,000 in any case, and few rows where few are wanted.
  ledger::TreeSize entries = 1'000'000;
  int first_year = 2011;
  int years = 10;
  std::uint64_t seed = 1;
  std::string password = "bench bench bench";  // of every account
};

struct Grown {
  ledger::TreeSize entries = 0;
  double seconds = 0;
};

// `progress` is called with (entries, campaign) now and then.
//   Errc::conflict   the directory holds a ledger already, or the ledger refused an act
//   Errc::io
ledger::Result<Grown> grow(
    const GrowthOptions& options,
    const std::function<void(ledger::TreeSize, const std::string&)>& progress);

}  // namespace countersign::tools
