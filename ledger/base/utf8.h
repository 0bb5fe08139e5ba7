// UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <string_view>

namespace countersign::ledger {

// No overlong forms, surrogates or values beyond U+10FFFF.
bool is_valid_utf8(std::string_view text);
// Where the first character begins that is none; the size of `text` when it is valid.
std::size_t valid_utf8_bytes(std::string_view text);
// Unicode characters. REQUIRES: valid UTF-8.
std::size_t count_characters(std::string_view text);

}  // namespace countersign::ledger
