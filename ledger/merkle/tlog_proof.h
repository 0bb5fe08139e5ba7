// Receipts (c2sp.org/tlog-proof): an inclusion proof together with the checkpoint it leads to, in
// one text that verifies offline and for ever.
//
//   c2sp.org/tlog-proof@v1
//   index <decimal>
//   <base64 hash>            leaf's sibling first; as many as the path has
//
//   <checkpoint note>
#pragma once

#include "ledger/merkle/checkpoint.h"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

struct TlogProof {
  LeafIndex index = 0;
  std::vector<Hash> path;
  std::string checkpoint;  // the note, verbatim

  std::string text() const;
};

// Strict; an `extra` line, which nothing authenticates, is passed over.
//   Errc::malformed
Result<TlogProof> parse_tlog_proof(std::string_view text);

// That `leaf` stands in the log at the proof's index. Returns the checkpoint it stands under.
//   Errc::malformed, Errc::unauthorized
Result<Checkpoint> verify_tlog_proof(std::string_view text, const Hash& leaf,
                                     const NoteVerifier& log);

}  // namespace countersign::ledger
