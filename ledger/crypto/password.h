// Passwords: scrypt verifiers (RFC 7914), and secrets sealed under a password (scrypt, then
// AES-256-GCM), as the service holds a person's signing key.
#pragma once

#include "ledger/base/result.h"

#include <string>
#include <string_view>

namespace countersign::ledger {

// "scrypt$<log2 N>$<r>$<p>$<salt>$<key>", base64url; parameters stay with the verifier, so they
// can grow later. Takes about 30 ms.
std::string make_password_verifier(std::string_view password);
// Compares in constant time. False also for a verifier that does not parse.
bool password_matches(std::string_view verifier, std::string_view password);

// "sealed1$<salt>$<nonce>$<ciphertext and tag>", base64url.
std::string seal_with_password(std::string_view secret, std::string_view password);
// Whether a text begins as such.
bool is_sealed_secret(std::string_view text);
//   Errc::unauthorized   another password, or altered
Result<std::string> open_with_password(std::string_view sealed, std::string_view password);

}  // namespace countersign::ledger
