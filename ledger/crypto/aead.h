// Authenticated encryption: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce.
//
//   box = nonce (12 bytes) || ciphertext || tag (16 bytes)
//
// A random nonce may repeat after about 2^32 boxes under one key; every key here seals far fewer.
//
// Thread safety: all functions from any thread.
#pragma once

#include "ledger/base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::ledger {

inline constexpr std::size_t kAeadKeyBytes = 32;
inline constexpr std::size_t kAeadNonceBytes = 12;
inline constexpr std::size_t kAeadTagBytes = 16;

// Appends the box. `context` is bound to it and not stored in it: what the box is, and of what.
// REQUIRES: 32 bytes of key; less than 2 GiB of text.
void aead_seal(std::string& out, std::string_view key, std::string_view text,
               std::string_view context);
std::string aead_seal(std::string_view key, std::string_view text, std::string_view context);
//   Errc::unauthorized   another key or context, altered, or too short to be a box
Result<std::string> aead_open(std::string_view key, std::string_view box,
                              std::string_view context);

// A key that seals and opens many texts, for whose schedule the functions above pay anew each time.
// Keeps the key in memory until it is destroyed.
class AeadKey {
 public:
  // REQUIRES: 32 bytes of key.
  explicit AeadKey(std::string_view key);
  AeadKey(AeadKey&&) noexcept;
  ~AeadKey();

  // As aead_seal() and aead_open().
  void seal(std::string& out, std::string_view text, std::string_view context) const;
  Result<std::string> open(std::string_view box, std::string_view context) const;

 private:
  class Contexts;
  std::unique_ptr<Contexts> contexts_;
};

}  // namespace countersign::ledger
