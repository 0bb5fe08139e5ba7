// Checkpoint (c2sp.org/tlog-checkpoint): origin, tree size and root hash, as a signed note.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"
#include "ledger/crypto/signed_note.h"

#include <string>
#include <string_view>

namespace countersign::ledger {

struct Checkpoint {
  std::string origin;
  TreeSize tree_size = 0;
  Hash root_hash{};

  // The note's text. We write no extension lines: an auditor cannot check them.
  std::string text() const;
  bool operator==(const Checkpoint&) const = default;
};

// The first three lines of a note's text; extension lines of other logs are passed over.
//   Errc::malformed   leading zeros, a size of 2^63 or more, base64 that is not canonical
Result<Checkpoint> parse_checkpoint(std::string_view text);

// Of a whole note, without verifying any signature.
//   Errc::malformed
Result<Checkpoint> parse_checkpoint_note(std::string_view note);

// Of a note that the log's own key has signed, for the origin that is the key's name.
//   Errc::malformed, Errc::unauthorized
Result<Checkpoint> open_checkpoint(std::string_view note, const NoteVerifier& log);

}  // namespace countersign::ledger
