// CosignedCheckpoints: what witnesses gave a log: its newest checkpoints with their cosignatures,
// kept beside the published checkpoint, outside the database. For each number of witnesses the
// newest checkpoint that so many cosigned: DIRECTORY/1, DIRECTORY/2, …
//
// Thread safety: all functions may be called from any thread; add() waits for the disk.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/merkle/cosignature.h"
#include "ledger/merkle/log_keys.h"

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

class CosignedCheckpoints {
 public:
  // Reads what is kept; what does not verify is passed over, as witnesses give it again.
  CosignedCheckpoints(std::filesystem::path directory, LogKeys log,
                      std::vector<CosignatureVerifier> witnesses);

  // Keeps cosignatures on a checkpoint of the log, with those already held on the same text.
  // REQUIRES: `note` is signed by the log, each line verified.
  //   Errc::io, Errc::unavailable
  Result<void> add(const SignedNote& note, const std::vector<NoteSignature>& cosignatures);

  // The newest checkpoint that at least so many witnesses cosigned, with all their lines. None:
  // there is none yet.
  std::optional<std::string> newest(std::size_t witnesses) const;
  // The checkpoint with the cosignatures held on exactly its text.
  std::string with_cosignatures(const std::string& note) const;

  struct Last {
    TreeSize size = 0;
    std::uint64_t seconds = 0;  // since 1970
  };
  // The newest cosignature of one of the witnesses.
  std::optional<Last> last(const CosignatureVerifier& witness) const;

 private:
  std::vector<NoteSignature> held_on(const std::string& text) const;

  const std::filesystem::path directory_;
  const LogKeys log_;
  const std::vector<CosignatureVerifier> witnesses_;
  mutable std::mutex mutex_;
  std::vector<SignedNote> newest_;  // [n - 1]: by n witnesses; the log's line first
};

}  // namespace countersign::ledger
