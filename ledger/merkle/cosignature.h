// Cosignatures (c2sp.org/tlog-cosignature, type 0x04, Ed25519): a witness's signature line on a
// checkpoint. It says that at that time this was the largest consistent tree which the witness had
// seen of that origin. Signed are
//
//   cosignature/v1
//   time <seconds since 1970, decimal>
//   <the checkpoint's whole text, with extension lines and final newline>
//
// The name is not among them: never use one key for two witnesses.
#pragma once

#include "ledger/crypto/signed_note.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// A witness's public key and its name.
class CosignatureVerifier {
 public:
  //   Errc::malformed   not "name+key id+base64(0x04 || key)", or the key id is another's
  static Result<CosignatureVerifier> from_vkey(std::string_view vkey);
  // REQUIRES: a valid name; 32 bytes of key.
  CosignatureVerifier(std::string name, std::string public_key);

  const std::string& name() const { return name_; }
  const std::string& public_key() const { return public_key_; }
  std::uint32_t key_id() const { return key_id_; }
  std::string vkey() const;

  // Whether the line claims to be this witness's.
  bool claims(const NoteSignature& signature) const {
    return signature.key_id == key_id_ && signature.name == name_;
  }
  // The time of its cosignature on the text, in seconds since 1970.
  //   Errc::unauthorized   another's line, or not its signature      Errc::malformed
  Result<std::uint64_t> verify(const NoteSignature& signature, std::string_view text) const;

 private:
  std::string name_;
  std::string public_key_;
  std::uint32_t key_id_;
};

// A witness's private key.
class Cosigner {
 public:
  // REQUIRES: is_note_name(name).
  Cosigner(std::string name, std::shared_ptr<const SigningKey> key);
  // "PRIVATE+KEY+name+key id+base64(0x04 || seed)", as Go writes its note keys.
  //   Errc::malformed
  static Result<Cosigner> from_skey(std::string_view skey);
  std::string skey() const;  // for its key file only

  const CosignatureVerifier& verifier() const { return verifier_; }
  // REQUIRES: a checkpoint's text; at most 2^63 - 1 seconds.
  NoteSignature cosign(std::string_view text, std::uint64_t seconds) const;

 private:
  std::shared_ptr<const SigningKey> key_;
  CosignatureVerifier verifier_;
};

// The places in `witnesses` of those that cosigned the note, each once. Lines of others are passed
// over.
//   Errc::unauthorized   a line that claims to be of one of them does not verify
Result<std::vector<std::size_t>> cosigned_by(const SignedNote& note,
                                             std::span<const CosignatureVerifier> witnesses);

}  // namespace countersign::ledger
