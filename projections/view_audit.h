// View audit: holds a file of views against the log. Views are derived, and whoever can write their
// file can show readers something else than what was recorded; the audit builds them anew in a file
// beside and compares every table.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/reader.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

struct ViewDifference {
  std::string table;          // or index, trigger, view
  std::uint64_t missing = 0;  // rows that the log gives and the file lacks
  std::uint64_t foreign = 0;  // rows in the file that the log does not give
  std::string what;           // a sentence without personal values
};

struct ViewAudit {
  std::filesystem::path file;
  ledger::TreeSize entries = 0;  // that its views hold
  std::uint64_t tables = 0;
  std::vector<ViewDifference> differences;  // empty: they are what the log gives
};

// Thread safety: any thread, one audit of a directory at a time. Audits the views that a start
// would take (`first` is ViewsOptions::file), of a service that does not run. Nothing: there are
// none. Needs about as much room beside them as they take. `progress` is called with (done, total)
// entries.
//   Errc::io        a file cannot be read or made
//   Errc::corrupt   an entry cannot be applied; fsck says what is wrong with the log
ledger::Result<std::optional<ViewAudit>> audit_views(
    const ledger::Reader& reader, const std::filesystem::path& first,
    const std::function<void(ledger::TreeSize, ledger::TreeSize)>& progress);

}  // namespace countersign::projections
