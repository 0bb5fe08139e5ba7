// Hexadecimal, base64 and base64url: a text that is taken is the only text of its bytes.
#include "ledger/base/bytes.h"
#include "ledger/base/utf8.h"
#include "tests/fuzz/fuzz_target.h"

#include <cctype>
#include <string>

namespace countersign::fuzz {

void run(std::string_view input) {
  if (const auto bytes = ledger::from_hex(input)) {
    std::string lower(input);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    CS_ASSERT(ledger::to_hex(ledger::as_bytes(*bytes)) == lower);
  }
  if (const auto bytes = ledger::from_base64(input)) {
    CS_ASSERT(ledger::to_base64(ledger::as_bytes(*bytes)) == input);
  }
  if (const auto bytes = ledger::from_base64url(input)) {
    CS_ASSERT(ledger::to_base64url(ledger::as_bytes(*bytes)) == input);
  }
  const auto coded = ledger::from_base64(ledger::to_base64(ledger::as_bytes(input)));
  CS_ASSERT(coded && *coded == input);
  const auto url = ledger::from_base64url(ledger::to_base64url(ledger::as_bytes(input)));
  CS_ASSERT(url && *url == input);
  if (ledger::is_valid_utf8(input)) CS_ASSERT(ledger::count_characters(input) <= input.size());
}

}  // namespace countersign::fuzz
