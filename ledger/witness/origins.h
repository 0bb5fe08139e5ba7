// The logs a witness knows: its file `origins`, in the form of a C2SP policy (tlog-policy), of
// which it takes the lines
//
//   # a comment
//   log <vkey> [<url>]
//
// The key's name is the log's origin. A log may have several keys, one a line.
#pragma once

#include "ledger/crypto/signed_note.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

using Origins = std::map<std::string, std::vector<NoteVerifier>, std::less<>>;

//   Errc::malformed   another line, which the detail names; the same public key twice; no log
Result<Origins> parse_origins(std::string_view text);

// Lower-case hexadecimal SHA-256 of the origin: its name in files and addresses.
std::string origin_id(std::string_view origin);

}  // namespace countersign::ledger
