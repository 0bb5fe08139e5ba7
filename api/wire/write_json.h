// Answers to writes: where the command's entries stand, with their receipts.
#pragma once

#include "api/http/message.h"
#include "ledger/base/ids.h"
#include "ledger/domain/events.h"
#include "ledger/reader.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::api {

// `receipts` may leave out entries in the middle of a long import; `import` is the counts of a
// whole-sheet import.
std::string committed_json(const ledger::CommandId& command, const ledger::Committed& committed,
                           const std::vector<ledger::Receipt>& receipts,
                           const std::optional<ledger::SheetImported>& import);

// Nothing differed, so nothing was appended. `import`: counted as all rows identical.
std::string unchanged_json(std::uint64_t rows, bool import);

}  // namespace countersign::api
