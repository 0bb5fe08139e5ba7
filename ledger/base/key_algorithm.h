// Which algorithm a signing key is of. Told by the length of its public key, so that a stored key
// needs nothing beside it; both lengths are the only ones the formats allow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace countersign::ledger {

enum class KeyAlgorithm : std::uint8_t {
  ed25519,  // RFC 8032; public key 32 bytes
  sm2_sm3   // GB/T 32918.2 with SM3; public key 65 bytes, 04 || x || y
};

inline constexpr std::size_t kEd25519PublicKeyBytes = 32;
inline constexpr std::size_t kSm2PublicKeyBytes = 65;

// "ed25519", "sm2-sm3".
constexpr std::string_view to_string(KeyAlgorithm algorithm) {
  return algorithm == KeyAlgorithm::ed25519 ? "ed25519" : "sm2-sm3";
}
constexpr std::optional<KeyAlgorithm> key_algorithm_from(std::string_view name) {
  if (name == to_string(KeyAlgorithm::ed25519)) return KeyAlgorithm::ed25519;
  if (name == to_string(KeyAlgorithm::sm2_sm3)) return KeyAlgorithm::sm2_sm3;
  return std::nullopt;
}
// nullopt: no public key of either has this length.
constexpr std::optional<KeyAlgorithm> key_algorithm_of(std::string_view public_key) {
  if (public_key.size() == kEd25519PublicKeyBytes) return KeyAlgorithm::ed25519;
  if (public_key.size() == kSm2PublicKeyBytes) return KeyAlgorithm::sm2_sm3;
  return std::nullopt;
}

}  // namespace countersign::ledger
