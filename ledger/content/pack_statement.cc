#include "ledger/content/pack_statement.h"

namespace countersign::ledger {

namespace {

constexpr std::string_view kFirstLine = "countersign-evidence-pack-1\n";
constexpr std::size_t kHexBytes = 64;

}  // namespace

std::string pack_statement(std::string_view origin, const Hash& manifest) {
  std::string text(kFirstLine);
  text.append("origin ").append(origin).append("\n");
  text.append("manifest ").append(to_hex(manifest)).append("\n");
  return text;
}

Result<Hash> open_pack_statement(std::string_view note, const NoteVerifier& log) {
  CS_TRY(const SignedNote opened, open_note(note, {&log, 1}));
  const std::string& text = opened.text;
  const Error other{Errc::malformed, "the note is not about a pack's manifest"};
  if (!text.starts_with(kFirstLine) || text.size() < kFirstLine.size() + kHexBytes + 1) {
    return other;
  }
  const auto hash = hash_from_hex(text.substr(text.size() - 1 - kHexBytes, kHexBytes));
  if (!hash) return other;
  if (text == pack_statement(log.name(), *hash)) return *hash;
  return Error{Errc::unauthorized, "the note is of another origin, or says more than it may"};
}

}  // namespace countersign::ledger
