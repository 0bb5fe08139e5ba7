#include "ledger/base/bytes.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// -1: no hexadecimal digit. A table, because verifying reads millions.
constexpr auto kHexDigits = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 10; ++i)
    table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
    table[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(10 + i);
  }
  return table;
}();
int hex_digit(char c) { return kHexDigits[static_cast<unsigned char>(c)]; }

// Reads text.size() / 2 bytes to `out`.
bool read_hex(std::string_view text, std::uint8_t* out) {
  int seen = 0;  // negative once a character is no digit
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    seen |= high | low;
    *out++ = static_cast<std::uint8_t>((high & 15) << 4 | (low & 15));
  }
  return seen >= 0;
}

void encode(std::string& out, ByteSpan bytes, std::string_view alphabet, bool pad) {
  const std::size_t begin = out.size();
  out.resize(begin + (bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data() + begin;
  const std::size_t whole = bytes.size() - bytes.size() % 3;
  for (std::size_t i = 0; i < whole; i += 3) {
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                static_cast<std::uint32_t>(bytes[i + 1]) << 8 | bytes[i + 2];
    *to++ = alphabet[group >> 18];
    *to++ = alphabet[group >> 12 & 63];
    *to++ = alphabet[group >> 6 & 63];
    *to++ = alphabet[group & 63];
  }
  if (whole == bytes.size()) return;
  const bool two = bytes.size() - whole == 2;
  const std::uint32_t rest = static_cast<std::uint32_t>(bytes[whole]) << 8 |
                             (two ? bytes[whole + 1] : std::uint32_t{0});
  *to++ = alphabet[rest >> 10];
  *to++ = alphabet[rest >> 4 & 63];
  if (two) *to++ = alphabet[rest << 2 & 63];
  if (!pad) out.resize(static_cast<std::size_t>(to - out.data()));
}

std::string encoded(ByteSpan bytes, std::string_view alphabet, bool pad) {
  std::string out;
  encode(out, bytes, alphabet, pad);
  return out;
}

std::array<std::int8_t, 256> reverse(std::string_view alphabet) {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

Error not_base64() { return {Errc::malformed, "not base64"}; }

// `text` without padding.
Result<std::string> decode(std::string_view text, const std::array<std::int8_t, 256>& table) {
  if (text.size() % 4 == 1) return not_base64();
  std::string out(text.size() * 3 / 4, '\0');
  std::size_t filled = 0;
  std::uint32_t bits = 0;
  unsigned held = 0;
  int seen = 0;  // negative once a character is no digit
  for (char c : text) {
    const int digit = table[static_cast<std::uint8_t>(c)];
    seen |= digit;
    bits = (bits << 6) | (static_cast<std::uint32_t>(digit) & 63);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[filled++] = static_cast<char>((bits >> held) & 0xff);
    }
  }
  if (seen < 0 || (bits & ((1u << held) - 1)) != 0) return not_base64();
  return out;
}

template <typename Integer>
void append_big_endian(std::string& out, Integer value) {
  for (std::size_t i = sizeof(Integer); i-- > 0;)
    out += static_cast<char>((value >> (8 * i)) & 0xff);
}

template <typename Integer>
Integer read_big_endian(std::string_view bytes) {
  CS_ASSERT(bytes.size() >= sizeof(Integer));
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value = static_cast<Integer>((value << 8) | static_cast<std::uint8_t>(bytes[i]));
  }
  return value;
}

}  // namespace

std::string to_hex(ByteSpan bytes) {
  std::string out(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out[2 * i] = kHex[bytes[i] >> 4];
    out[2 * i + 1] = kHex[bytes[i] & 15];
  }
  return out;
}

Result<std::string> from_hex(std::string_view text) {
  std::string out(text.size() / 2, '\0');
  if (text.size() % 2 != 0 || !read_hex(text, reinterpret_cast<std::uint8_t*>(out.data())))
    return Error{Errc::malformed, "not hexadecimal"};
  return out;
}

Result<Hash> hash_from_hex(std::string_view text) {
  Hash hash{};
  if (text.size() != 2 * hash.size()) return Error{Errc::malformed, "not a SHA-256 value"};
  if (!read_hex(text, hash.data())) return Error{Errc::malformed, "not hexadecimal"};
  return hash;
}

std::string to_base64(ByteSpan bytes) { return encoded(bytes, kBase64, true); }
void append_base64(std::string& out, ByteSpan bytes) { encode(out, bytes, kBase64, true); }

Result<std::string> from_base64(std::string_view text) {
  static const auto table = reverse(kBase64);
  if (text.size() % 4 != 0) return not_base64();
  if (text.ends_with("==")) {
    text.remove_suffix(2);
    if (text.size() % 4 != 2) return not_base64();
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
    if (text.size() % 4 != 3) return not_base64();
  }
  return decode(text, table);
}

std::string to_base64url(ByteSpan bytes) { return encoded(bytes, kBase64Url, false); }

Result<std::string> from_base64url(std::string_view text) {
  static const auto table = reverse(kBase64Url);
  return decode(text, table);
}

void append_u16(std::string& out, std::uint16_t value) { append_big_endian(out, value); }
void append_u32(std::string& out, std::uint32_t value) { append_big_endian(out, value); }
void append_u64(std::string& out, std::uint64_t value) { append_big_endian(out, value); }
std::uint16_t read_u16(std::string_view bytes) { return read_big_endian<std::uint16_t>(bytes); }
std::uint32_t read_u32(std::string_view bytes) { return read_big_endian<std::uint32_t>(bytes); }
std::uint64_t read_u64(std::string_view bytes) { return read_big_endian<std::uint64_t>(bytes); }

}  // namespace countersign::ledger
