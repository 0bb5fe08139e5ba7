// Ed25519 signatures (RFC 8032).
#pragma once

#include "ledger/base/bytes.h"

#include <memory>
#include <string>
#include <string_view>

namespace countersign::ledger {

// A private key. Wiped when destroyed.
// Thread safety: const functions may be called from any thread.
class SigningKey {
 public:
  static SigningKey generate();
  //   Errc::malformed   not 32 bytes
  static Result<SigningKey> from_seed(std::string_view seed);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  std::string sign(std::string_view message) const;  // 64 bytes
  const std::string& public_key() const;             // 32 bytes
  const std::string& seed() const;                   // 32 bytes; for sealing and key files only

 private:
  struct State;
  explicit SigningKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

//   Errc::unauthorized   the signature is not this key's over this message
//   Errc::malformed      key or signature of the wrong length
Result<void> verify_ed25519(std::string_view public_key, std::string_view message,
                            std::string_view signature);

}  // namespace countersign::ledger
