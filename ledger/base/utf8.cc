#include "ledger/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <simdjson.h>

namespace countersign::ledger {

bool is_valid_utf8(std::string_view text) {
  // What a call of the library costs short texts, of which there are many.
  constexpr std::size_t kShort = 48;
  if (text.size() <= kShort) return valid_utf8_bytes(text) == text.size();
  return simdjson::validate_utf8(text);
}

std::size_t valid_utf8_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    if (lead < 0x80) {
      // Eight ASCII characters at a time.
      constexpr std::uint64_t kHigh = 0x8080808080808080;
      std::uint64_t eight = kHigh;
      if (text.size() - i >= sizeof eight) std::memcpy(&eight, text.data() + i, sizeof eight);
      i += (eight & kHigh) == 0 ? sizeof eight : 1;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return i;
    const unsigned second = byte(i + 1);
    // The first continuation byte rules out overlong forms, surrogates and the far end.
    const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) return i;
    for (std::size_t k = 2; k < length; ++k) {
      if (byte(i + k) < 0x80 || byte(i + k) > 0xBF) return i;
    }
    i += length;
  }
  return text.size();
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace countersign::ledger
