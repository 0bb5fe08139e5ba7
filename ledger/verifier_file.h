// The file `vkey` in a ledger's directory: the public key that everybody is given, one line; and
// `vkey.sm2` beside it, for a log whose checkpoints carry a line of SM2.
//
// Thread safety: from any thread, one at a time for one directory; they wait for the disk.
#pragma once

#include "ledger/crypto/signed_note.h"
#include "ledger/merkle/log_keys.h"

#include <filesystem>

namespace countersign::ledger {

//   Errc::not_found   no such file      Errc::malformed   not a log's verifier key
Result<NoteVerifier> read_verifier_file(const std::filesystem::path& ledger);

// Puts the key into its file, in one durable step.
//   Errc::io
Result<void> write_verifier_file(const std::filesystem::path& ledger, const NoteVerifier& key);

// That `vkey` holds the log's present key, and `vkey.sm2` its SM2 key (null: it has none): with
// another's, good receipts would be refused and a forger's believed. A key that the log had before
// is replaced, and an SM2 key that has no file yet gets one.
//   Errc::corrupt   another key, which the detail says how to put right; or as write_verifier_file
Result<void> check_verifier_files(const std::filesystem::path& ledger, const LogKeys& keys,
                                  const NoteVerifier* sm2);

}  // namespace countersign::ledger
