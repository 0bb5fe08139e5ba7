// The keys that the log has had and the entries that replaced them, as one file that proves itself,
// `countersign-log-keys-1` (ledger/FORMAT.md, section 4): who trusts one of the keys is led by it to
// every other.
//
// Thread safety: from any thread; reads from disk.
#pragma once

#include "ledger/base/result.h"

#include <string>

namespace countersign::ledger {
class Ledger;
}

namespace countersign::api {

// One line of canonical JSON.
//   Errc::io, Errc::corrupt
ledger::Result<std::string> log_keys_document(const ledger::Ledger& ledger);

}  // namespace countersign::api
