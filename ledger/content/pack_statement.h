// What a log's key says of a pack of evidence: that the service made the manifest with this hash. A
// signed note of three lines under the log's own key:
//
//   countersign-evidence-pack-1
//   origin <origin>
//   manifest <SHA-256 of manifest.json, hex>
//
// Neither can be taken for the other: where a checkpoint has its size, this has a word.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"
#include "ledger/crypto/signed_note.h"

#include <string>
#include <string_view>

namespace countersign::ledger {

// The note's text.
std::string pack_statement(std::string_view origin, const Hash& manifest);

// The manifest's hash, of a note that the log's own key signed.
//   Errc::malformed      not a note, or it says something else
//   Errc::unauthorized   the key did not sign it, or it is of another origin
Result<Hash> open_pack_statement(std::string_view note, const NoteVerifier& log);

}  // namespace countersign::ledger
