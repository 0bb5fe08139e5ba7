#include "ledger/crypto/signed_note.h"

#include "ledger/base/bytes.h"
#include "ledger/base/key_algorithm.h"
#include "ledger/base/utf8.h"
#include "ledger/crypto/sha256.h"
#include "ledger/crypto/sm2.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";
constexpr std::string_view kPrivate = "PRIVATE+KEY+";
constexpr std::size_t kSignaturesMax = 100;
constexpr std::size_t kKeyIdBytes = 4;

Error malformed(const char* what) { return {Errc::malformed, what}; }

// What Unicode calls white space, beyond the control characters.
constexpr std::string_view kSpaces[] = {" ",
                                        "\xC2\x85",
                                        "\xC2\xA0",
                                        "\xE1\x9A\x80",
                                        "\xE2\x80\x80",
                                        "\xE2\x80\x81",
                                        "\xE2\x80\x82",
                                        "\xE2\x80\x83",
                                        "\xE2\x80\x84",
                                        "\xE2\x80\x85",
                                        "\xE2\x80\x86",
                                        "\xE2\x80\x87",
                                        "\xE2\x80\x88",
                                        "\xE2\x80\x89",
                                        "\xE2\x80\x8A",
                                        "\xE2\x80\xA8",
                                        "\xE2\x80\xA9",
                                        "\xE2\x80\xAF",
                                        "\xE2\x81\x9F",
                                        "\xE3\x80\x80"};

std::string hex_of(std::uint32_t id) {
  std::string bytes;
  append_u32(bytes, id);
  return to_hex(as_bytes(bytes));
}

// What stands before the public key, in the key id and in the text form.
std::string key_prefix(NoteKeyType type) {
  std::string prefix(1, static_cast<char>(type));
  if (type == NoteKeyType::sm2) prefix += kSm2NoteIdentifier;
  return prefix;
}

NoteKeyType type_of(std::string_view public_key) {
  return key_algorithm_of(public_key) == KeyAlgorithm::sm2_sm3 ? NoteKeyType::sm2
                                                               : NoteKeyType::text;
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kDash)) return malformed("not a signature line");
  line.remove_prefix(kDash.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return malformed("not a signature line");
  NoteSignature signature;
  signature.name = line.substr(0, space);
  CS_TRY(const std::string bytes, from_base64(line.substr(space + 1)));
  if (!is_note_name(signature.name) || bytes.size() <= kKeyIdBytes) {
    return malformed("not a signature line");
  }
  signature.key_id = read_u32(bytes);
  signature.bytes = bytes.substr(kKeyIdBytes);
  return signature;
}

}  // namespace

bool is_note_name(std::string_view name) {
  if (name.empty() || !is_valid_utf8(name) || name.find('+') != std::string_view::npos)
    return false;
  const bool control = std::any_of(name.begin(), name.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return !control &&
         std::none_of(std::begin(kSpaces), std::end(kSpaces), [&](std::string_view space) {
           return name.find(space) != std::string_view::npos;
         });
}

std::string NoteKeyText::format(NoteKeyType type) const {
  return name + "+" + hex_of(key_id) + "+" +
         to_base64(as_bytes(key_prefix(type) + material));
}

// The base64 itself may hold '+'.
Result<NoteKeyText> parse_note_key(std::string_view text, NoteKeyType type) {
  const auto first = text.find('+');
  const auto second = text.find('+', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) {
    return malformed("not a note key");
  }
  NoteKeyText key;
  key.name = text.substr(0, first);
  CS_TRY(const std::string id, from_hex(text.substr(first + 1, second - first - 1)));
  CS_TRY(const std::string material, from_base64(text.substr(second + 1)));
  const std::string prefix = key_prefix(type);
  const bool sm2 = type == NoteKeyType::sm2;
  if (!sm2 && material.starts_with(key_prefix(NoteKeyType::sm2))) {
    return malformed("this is an SM2 key; an Ed25519 key is needed here, as a log's always is");
  }
  if (!is_note_name(key.name) || id.size() != kKeyIdBytes || !material.starts_with(prefix) ||
      material.size() - prefix.size() != (sm2 ? kSm2PublicKeyBytes : kEd25519PublicKeyBytes)) {
    return malformed(sm2 ? "not an SM2 note key" : "not an Ed25519 note key");
  }
  key.key_id = read_u32(id);
  key.material = material.substr(prefix.size());
  return key;
}

std::string NoteSignature::line() const {
  std::string id_and_bytes;
  append_u32(id_and_bytes, key_id);
  id_and_bytes += bytes;
  return std::string(kDash) + name + " " + to_base64(as_bytes(id_and_bytes)) + "\n";
}

std::string SignedNote::serialize() const {
  std::string out = text + "\n";
  for (const NoteSignature& signature : signatures) out += signature.line();
  return out;
}

Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
  std::vector<NoteSignature> signatures;
  while (!lines.empty()) {
    if (signatures.size() == kSignaturesMax) return malformed("too many signatures");
    const auto end = lines.find('\n');
    if (end == std::string_view::npos) return malformed("a signature line ends in a newline");
    CS_TRY(auto signature, parse_signature_line(lines.substr(0, end)));
    signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  if (signatures.empty()) return malformed("a note has at least one signature");
  return signatures;
}

Result<SignedNote> parse_note(std::string_view note) {
  if (!is_valid_utf8(note)) return malformed("a note is UTF-8");
  for (char c : note) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') {
      return malformed("a note has no control characters");
    }
  }
  const auto split = note.rfind("\n\n");
  if (split == std::string_view::npos || !note.ends_with('\n')) {
    return malformed("a note ends in signature lines after a blank line");
  }
  SignedNote parsed;
  parsed.text = note.substr(0, split + 1);
  CS_TRY(parsed.signatures, parse_signature_lines(note.substr(split + 2)));
  return parsed;
}

std::uint32_t note_key_id(std::string_view name, std::string_view public_key, NoteKeyType type) {
  const Hash hash =
      sha256({as_bytes(name), as_bytes("\n"), as_bytes(key_prefix(type)), as_bytes(public_key)});
  return read_u32(as_chars(hash));
}

NoteVerifier::NoteVerifier(std::string name, std::string public_key)
    : name_(std::move(name)),
      public_key_(std::move(public_key)),
      key_id_(note_key_id(name_, public_key_, type_of(public_key_))) {}

Result<NoteVerifier> NoteVerifier::from_vkey(std::string_view vkey) {
  CS_TRY(auto key, parse_note_key(vkey, NoteKeyType::text));
  NoteVerifier verifier(std::move(key.name), std::move(key.material));
  if (verifier.key_id() != key.key_id) return malformed("the key id does not belong to the key");
  return verifier;
}

Result<NoteVerifier> NoteVerifier::from_sm2_vkey(std::string_view vkey) {
  CS_TRY(auto key, parse_note_key(vkey, NoteKeyType::sm2));
  NoteVerifier verifier(std::move(key.name), std::move(key.material));
  if (verifier.key_id() != key.key_id) return malformed("the key id does not belong to the key");
  return verifier;
}

std::string NoteVerifier::vkey() const {
  return NoteKeyText{name_, key_id_, public_key_}.format(type_of(public_key_));
}

Result<void> NoteVerifier::verify(std::string_view text, const NoteSignature& signature) const {
  return type_of(public_key_) == NoteKeyType::sm2
             ? verify_sm2(public_key_, text, signature.bytes)
             : verify_ed25519(public_key_, text, signature.bytes);
}

NoteSigner::NoteSigner(std::string name, std::shared_ptr<const SigningKey> key)
    : key_(std::move(key)), verifier_(std::move(name), key_->public_key()) {}

Result<NoteSigner> NoteSigner::from_skey(std::string_view skey) {
  if (!skey.starts_with(kPrivate)) return malformed("not a note signing key");
  CS_TRY(auto text, parse_note_key(skey.substr(kPrivate.size()), NoteKeyType::text));
  CS_TRY(auto key, SigningKey::from_seed(text.material));
  NoteSigner signer(std::move(text.name), std::make_shared<const SigningKey>(std::move(key)));
  if (signer.verifier().key_id() != text.key_id) {
    return malformed("the key id does not belong to the key");
  }
  return signer;
}

std::string NoteSigner::skey() const {
  return std::string(kPrivate) +
         NoteKeyText{name(), verifier_.key_id(), key_->seed()}.format(NoteKeyType::text);
}

SignedNote NoteSigner::sign(std::string text) const {
  SignedNote note;
  note.signatures.push_back({name(), verifier_.key_id(), key_->sign(text)});
  note.text = std::move(text);
  return note;
}

Result<SignedNote> open_note(std::string_view note, std::span<const NoteVerifier> known) {
  CS_TRY(SignedNote parsed, parse_note(note));
  bool verified = false;
  for (const NoteSignature& signature : parsed.signatures) {
    const auto key = std::find_if(known.begin(), known.end(), [&](const NoteVerifier& one) {
      return one.name() == signature.name && one.key_id() == signature.key_id;
    });
    if (key == known.end()) continue;
    if (!key->verify(parsed.text, signature)) {
      return Error{Errc::unauthorized, "a known key's signature does not verify"};
    }
    verified = true;
  }
  if (!verified) return Error{Errc::unauthorized, "no known key has signed"};
  return parsed;
}

}  // namespace countersign::ledger
