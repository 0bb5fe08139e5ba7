#include "ledger/witness/origins.h"

#include "ledger/base/bytes.h"
#include "ledger/crypto/sha256.h"

#include <set>

namespace countersign::ledger {

namespace {

// Separated by spaces and tabs.
std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return fields;
    const auto end = std::min(line.find_first_of(" \t", begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

}  // namespace

Result<Origins> parse_origins(std::string_view text) {
  Origins origins;
  std::set<std::string> keys;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto fields = fields_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (fields.empty() || fields[0].starts_with('#')) continue;
    const auto wrong = [number](const std::string& why) {
      return Error{Errc::malformed, "origins, line " + std::to_string(number) + ": " + why};
    };
    if (fields[0] != "log" || fields.size() < 2 || fields.size() > 3) {
      return wrong("not \"log <vkey> [<url>]\"");
    }
    auto key = NoteVerifier::from_vkey(fields[1]);
    if (!key) return wrong(key.error().detail);
    if (!keys.insert(key->public_key()).second)
      return wrong("this public key stands there already");
    origins[key->name()].push_back(std::move(*key));
  }
  if (origins.empty()) return Error{Errc::malformed, "origins: no log is named"};
  return origins;
}

std::string origin_id(std::string_view origin) { return to_hex(sha256(as_bytes(origin))); }

}  // namespace countersign::ledger
