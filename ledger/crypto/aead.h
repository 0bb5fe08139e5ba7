// Authenticated encryption: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce.
//
//   box = nonce (12 bytes) || ciphertext || tag (16 bytes)
//
// A random nonce may repeat after about 2^32 boxes under one key; every key here seals far fewer.
//
// Thread safety: functions from any thread; an AeadSealer or AeadOpener from one at a time.
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

// `context` is bound to the box and not stored in it: what the box is, and of what.
// REQUIRES: 32 bytes of key; less than 2 GiB of text.
std::string aead_seal(std::string_view key, std::string_view text, std::string_view context);
//   Errc::unauthorized   another key or context, altered, or too short to be a box
Result<std::string> aead_open(std::string_view key, std::string_view box,
                              std::string_view context);

// Seals many short texts under one key, for whose schedule each aead_seal() pays anew. Holds the
// key until it goes.
class AeadSealer {
 public:
  // REQUIRES: 32 bytes of key.
  explicit AeadSealer(std::string_view key);
  AeadSealer(AeadSealer&&) noexcept;
  ~AeadSealer();

  // Appends to `out` the box that aead_seal() would make; the nonce is a fresh one.
  void seal(std::string& out, std::string_view text, std::string_view context);

 private:
  struct Cipher;
  std::unique_ptr<Cipher> cipher_;
};

// Opens many boxes under one key, in the same way.
class AeadOpener {
 public:
  // REQUIRES: 32 bytes of key.
  explicit AeadOpener(std::string_view key);
  AeadOpener(AeadOpener&&) noexcept;
  ~AeadOpener();

  //   Errc::unauthorized   as aead_open()
  Result<std::string> open(std::string_view box, std::string_view context);

 private:
  struct Cipher;
  std::unique_ptr<Cipher> cipher_;
};

}  // namespace countersign::ledger
