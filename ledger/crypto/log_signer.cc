#include "ledger/crypto/log_signer.h"

namespace countersign::ledger {

LogSigner::LogSigner(NoteSigner key, std::shared_ptr<const Sm2Key> sm2)
    : key_(std::move(key)), sm2_(std::move(sm2)) {}

std::optional<NoteVerifier> LogSigner::sm2_verifier() const {
  if (sm2_ == nullptr) return std::nullopt;
  return NoteVerifier(name(), sm2_->public_key());
}

std::string LogSigner::sign(std::string text, const NoteSigner* successor) const {
  SignedNote note = key_.sign(std::move(text));
  if (successor != nullptr) {
    note.signatures.push_back(successor->sign(note.text).signatures.front());
  }
  if (const auto verifier = sm2_verifier()) {
    note.signatures.push_back({name(), verifier->key_id(), sm2_->sign(note.text)});
  }
  return note.serialize();
}

}  // namespace countersign::ledger
