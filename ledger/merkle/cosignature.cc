#include "ledger/merkle/cosignature.h"

#include "ledger/base/bytes.h"

#include <algorithm>
#include <utility>

namespace countersign::ledger {

namespace {

constexpr std::string_view kPrivate = "PRIVATE+KEY+";
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kSignatureBytes = 64;

std::string message_of(std::string_view text, std::uint64_t seconds) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

}  // namespace

CosignatureVerifier::CosignatureVerifier(std::string name, std::string public_key)
    : name_(std::move(name)),
      public_key_(std::move(public_key)),
      key_id_(note_key_id(name_, public_key_, NoteKeyType::cosignature)) {}

Result<CosignatureVerifier> CosignatureVerifier::from_vkey(std::string_view vkey) {
  CS_TRY(auto key, parse_note_key(vkey, NoteKeyType::cosignature));
  CosignatureVerifier verifier(std::move(key.name), std::move(key.material));
  if (verifier.key_id() != key.key_id) {
    return Error{Errc::malformed, "the key id does not belong to the key"};
  }
  return verifier;
}

std::string CosignatureVerifier::vkey() const {
  return NoteKeyText{name_, key_id_, public_key_}.format(NoteKeyType::cosignature);
}

Result<std::uint64_t> CosignatureVerifier::verify(const NoteSignature& signature,
                                                  std::string_view text) const {
  if (!claims(signature)) return Error{Errc::unauthorized, "another's signature"};
  if (signature.bytes.size() != kTimeBytes + kSignatureBytes) {
    return Error{Errc::malformed, "not a cosignature"};
  }
  const std::uint64_t seconds = read_u64(signature.bytes);
  if (seconds > static_cast<std::uint64_t>(INT64_MAX)) {
    return Error{Errc::malformed, "a cosignature's time is below 2^63"};
  }
  CS_CHECK(verify_ed25519(public_key_, message_of(text, seconds),
                          std::string_view(signature.bytes).substr(kTimeBytes)));
  return seconds;
}

Cosigner::Cosigner(std::string name, std::shared_ptr<const SigningKey> key)
    : key_(std::move(key)), verifier_(std::move(name), key_->public_key()) {}

Result<Cosigner> Cosigner::from_skey(std::string_view skey) {
  if (!skey.starts_with(kPrivate)) return Error{Errc::malformed, "not a witness's signing key"};
  CS_TRY(auto text, parse_note_key(skey.substr(kPrivate.size()), NoteKeyType::cosignature));
  CS_TRY(auto key, SigningKey::from_seed(text.material));
  Cosigner cosigner(std::move(text.name), std::make_shared<const SigningKey>(std::move(key)));
  if (cosigner.verifier().key_id() != text.key_id) {
    return Error{Errc::malformed, "the key id does not belong to the key"};
  }
  return cosigner;
}

std::string Cosigner::skey() const {
  return std::string(kPrivate) +
         NoteKeyText{verifier_.name(), verifier_.key_id(), key_->seed()}.format(
             NoteKeyType::cosignature);
}

NoteSignature Cosigner::cosign(std::string_view text, std::uint64_t seconds) const {
  NoteSignature signature{verifier_.name(), verifier_.key_id(), {}};
  append_u64(signature.bytes, seconds);
  signature.bytes += key_->sign(message_of(text, seconds));
  return signature;
}

Result<std::vector<std::size_t>> cosigned_by(const SignedNote& note,
                                             std::span<const CosignatureVerifier> witnesses) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    bool cosigned = false;
    for (const NoteSignature& signature : note.signatures) {
      if (!witnesses[i].claims(signature)) continue;
      if (!witnesses[i].verify(signature, note.text)) {
        return Error{Errc::unauthorized,
                     "the cosignature of " + witnesses[i].name() + " does not verify"};
      }
      cosigned = true;
    }
    // One key under two names, or given twice, is one witness.
    const bool again = std::any_of(found.begin(), found.end(), [&](std::size_t other) {
      return witnesses[other].public_key() == witnesses[i].public_key();
    });
    if (cosigned && !again) found.push_back(i);
  }
  return found;
}

}  // namespace countersign::ledger
