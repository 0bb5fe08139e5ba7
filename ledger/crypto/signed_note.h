// Signed notes (c2sp.org/signed-note): a readable text with signature lines. The one form of
// signed statement here: checkpoints and sign-offs.
//
//   text "\n" 1*( "— " name " " base64(key id (4 bytes) || signature) "\n" )
//
// Signed are the bytes of the text with its final newline. Signature type 0x01, Ed25519; or type
// 0xff with the identifier below, SM2 with SM3, for persons and beside a log's own line. The lines
// of witnesses, type 0x04, are made and judged by ledger/merkle/cosignature.h.
#pragma once

#include "ledger/base/result.h"
#include "ledger/crypto/ed25519.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string bytes;  // after the key id

  std::string line() const;  // with its newline
};

struct SignedNote {
  std::string text;  // ends in a newline
  std::vector<NoteSignature> signatures;

  std::string serialize() const;
};

// Splits at the last blank line.
//   Errc::malformed   not UTF-8, a control character, no signature line, more than 100 of them
Result<SignedNote> parse_note(std::string_view note);

// Signature lines alone, as witnesses answer with them.
//   Errc::malformed   one is none, the last has no newline, none or more than 100 of them
Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);

// What a key signs, told by the byte before its public key.
enum class NoteKeyType : char {
  text = 0x01,         // Ed25519 over the note's text
  cosignature = 0x04,  // Ed25519 over a time and a checkpoint's text
  // Of no assigned type: the byte is followed by kSm2NoteIdentifier. SM2 over the note's text.
  sm2 = static_cast<char>(0xff)
};
inline constexpr std::string_view kSm2NoteIdentifier = "ledger.example/sm2-sm3/v1\n";

// SHA-256(name || "\n" || type || public key)[0:4], big-endian; of an SM2 key the identifier
// stands between type and key.
std::uint32_t note_key_id(std::string_view name, std::string_view public_key,
                          NoteKeyType type = NoteKeyType::text);

// The parts of a key's text form, "name+key id+base64(type || material)".
struct NoteKeyText {
  std::string name;
  std::uint32_t key_id = 0;
  std::string material;  // a public key (32 bytes, or 65 of SM2) or a seed

  std::string format(NoteKeyType type) const;
};
//   Errc::malformed   not that form, or of another type; an SM2 key where another is wanted is
//                     named as such
Result<NoteKeyText> parse_note_key(std::string_view text, NoteKeyType type);
// Not empty; no space, control character or '+'.
bool is_note_name(std::string_view name);

// A known public key and its name.
class NoteVerifier {
 public:
  // A log's key, which is Ed25519.
  //   Errc::malformed   not "name+key id+base64(0x01 || key)", or the key id is another's
  static Result<NoteVerifier> from_vkey(std::string_view vkey);
  // A key of SM2: "name+key id+base64(0xff || kSm2NoteIdentifier || key)".
  //   Errc::malformed   not that form, or the key id is another's
  static Result<NoteVerifier> from_sm2_vkey(std::string_view vkey);
  // REQUIRES: a valid name (not empty, no space, no '+'); 32 bytes of an Ed25519 key, or 65 of
  // SM2, which tells one from the other.
  NoteVerifier(std::string name, std::string public_key);

  const std::string& name() const { return name_; }
  const std::string& public_key() const { return public_key_; }
  std::uint32_t key_id() const { return key_id_; }
  std::string vkey() const;
  // Whether `signature` is this key's over `text`; name and key id are compared by the caller.
  //   Errc::unauthorized, malformed   it is not
  Result<void> verify(std::string_view text, const NoteSignature& signature) const;

 private:
  std::string name_;
  std::string public_key_;
  std::uint32_t key_id_;
};

// A private key and the name it signs under.
class NoteSigner {
 public:
  NoteSigner(std::string name, std::shared_ptr<const SigningKey> key);
  // Go's text form "PRIVATE+KEY+name+key id+base64(0x01 || seed)".
  static Result<NoteSigner> from_skey(std::string_view skey);
  std::string skey() const;

  const std::string& name() const { return verifier_.name(); }
  const NoteVerifier& verifier() const { return verifier_; }
  // REQUIRES: text ends in a newline and is a valid note text.
  SignedNote sign(std::string text) const;

 private:
  std::shared_ptr<const SigningKey> key_;
  NoteVerifier verifier_;
};

// The note, if at least one known key signed it. Unknown signatures are ignored.
//   Errc::malformed      as parse_note
//   Errc::unauthorized   no known key signed, or a known key's signature is wrong
Result<SignedNote> open_note(std::string_view note, std::span<const NoteVerifier> known);

}  // namespace countersign::ledger
