#include "ledger/crypto/mac.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

namespace countersign::ledger {

Hash hmac_sha256(std::string_view key, std::string_view message) {
  Hash mac{};
  unsigned length = 0;
  CS_ASSERT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                 reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(),
                 &length) != nullptr);
  return mac;
}

bool equal_secrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace countersign::ledger
