// What a log signs its checkpoints with: its Ed25519 key and, where the log has one, a key of SM2
// beside it, whose line stands after the first and disturbs nobody who does not know it.
#pragma once

#include "ledger/crypto/signed_note.h"
#include "ledger/crypto/sm2.h"

#include <memory>
#include <optional>
#include <string>

namespace countersign::ledger {

// Thread safety: const functions may be called from any thread.
class LogSigner {
 public:
  // Signs under the name of `key`, which is the log's origin. `sm2`: null for none.
  LogSigner(NoteSigner key, std::shared_ptr<const Sm2Key> sm2 = nullptr);  // NOLINT: a key is one

  const std::string& name() const { return key_.name(); }
  const NoteVerifier& verifier() const { return key_.verifier(); }
  const NoteSigner& key() const { return key_; }
  // None: without an SM2 key.
  std::optional<NoteVerifier> sm2_verifier() const;

  // The whole note: a line of the key, one of `successor` when the log's key is being replaced
  // (null: it is not), and one of the SM2 key.
  // REQUIRES: text ends in a newline and is a valid note text.
  std::string sign(std::string text, const NoteSigner* successor = nullptr) const;
  // Signs with the key from here on; the SM2 key stays.
  void succeed(NoteSigner key) { key_ = std::move(key); }

 private:
  NoteSigner key_;
  std::shared_ptr<const Sm2Key> sm2_;
};

}  // namespace countersign::ledger
