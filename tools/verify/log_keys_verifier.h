// Offline verification of the keys a log has had, `countersign-log-keys-1` (api/processes/log_keys.h):
//
//   {"format":…,"origin":…,"keys":[vkey, …],"rotations":[{"index":i,"header":text,"proof":tlog-proof}, …]}
//
// Keys oldest first; the rotation after the first key puts the second in its place, and so on.
//
// Thread safety: from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/merkle/log_keys.h"

#include <istream>
#include <string>
#include <string_view>

namespace countersign::tools {

// The keys, each put in its place by an entry whose note both keys signed, under a checkpoint that
// ends with the entry and that both signed. `known` is a vkey of the log from a copy the reader
// trusts; empty: the file then only agrees with itself.
//   Errc::malformed      not such a file
//   Errc::unauthorized   something in it does not hold, or leads to other keys than the known one
ledger::Result<ledger::LogKeys> verify_log_keys(std::string_view text, const std::string& known);

// Whether the file begins as one; it stays at its beginning.
bool is_log_keys(std::istream& file);
// For people.
std::string log_keys_text(const ledger::LogKeys& keys, bool trusted);

}  // namespace countersign::tools
