// SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905), for persons' keys. The signer's id is always the standard's "1234567812345678": OpenSSL 3.0 would take
// an empty one, and its signatures would be nobody else's. A log's own key is Ed25519.
#pragma once

#include "ledger/base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace countersign::ledger {

// A private key. Wiped when destroyed.
// Thread safety: const functions may be called from any thread.
class Sm2Key {
 public:
  static Sm2Key generate();
  // The private number d, big-endian.
  //   Errc::malformed   not 32 bytes, or not between 1 and n - 2
  static Result<Sm2Key> from_scalar(std::string_view scalar);
  Sm2Key(Sm2Key&&) noexcept;
  Sm2Key& operator=(Sm2Key&&) noexcept;
  ~Sm2Key();

  std::string sign(std::string_view message) const;  // r || s, 64 bytes; another one every time
  const std::string& public_key() const;             // 04 || x || y, 65 bytes
  const std::string& scalar() const;                 // 32 bytes; for sealing and key files only

 private:
  struct State;
  explicit Sm2Key(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

//   Errc::unauthorized   the signature is not this key's over this message
//   Errc::malformed      key or signature of the wrong length, or a key that is no point of the
//                        curve
Result<void> verify_sm2(std::string_view public_key, std::string_view message,
                        std::string_view signature);

}  // namespace countersign::ledger
