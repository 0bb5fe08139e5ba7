// Bytes and their text forms. Strings are used as byte containers throughout (RocksDB, HTTP and
// JSON all speak string_view); Hash is the one fixed-size value everybody shares.
#pragma once

#include "ledger/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace countersign::ledger {

using ByteSpan = std::span<const std::uint8_t>;

// A SHA-256 value.
using Hash = std::array<std::uint8_t, 32>;

inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_chars(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::string to_string(ByteSpan bytes) { return std::string(as_chars(bytes)); }

// Lower-case hexadecimal.
std::string to_hex(ByteSpan bytes);
//   Errc::malformed   odd length or a character that is not a hexadecimal digit
Result<std::string> from_hex(std::string_view text);
Result<Hash> hash_from_hex(std::string_view text);

// RFC 4648 section 4, standard alphabet, with padding.
std::string to_base64(ByteSpan bytes);
void append_base64(std::string& out, ByteSpan bytes);  // the same, behind what stands there
// Strict: padding required, trailing bits zero, so that no two texts denote the same bytes.
//   Errc::malformed   anything else
Result<std::string> from_base64(std::string_view text);
// RFC 4648 section 5 (URL alphabet) without padding, for tokens and cursors.
std::string to_base64url(ByteSpan bytes);
Result<std::string> from_base64url(std::string_view text);

// Big-endian integers, the byte order of every key and record in this project.
void append_u16(std::string& out, std::uint16_t value);
void append_u32(std::string& out, std::uint32_t value);
void append_u64(std::string& out, std::uint64_t value);
// REQUIRES: bytes.size() >= the width read.
std::uint16_t read_u16(std::string_view bytes);
std::uint32_t read_u32(std::string_view bytes);
std::uint64_t read_u64(std::string_view bytes);

}  // namespace countersign::ledger
