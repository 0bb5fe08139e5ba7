#include "ledger/crypto/mac.h"

#include <memory>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace countersign::ledger {

namespace {

struct FreeContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// One a thread, which keeps its digest: HMAC() looks both algorithms up by name for every message.
EVP_MAC_CTX* thread_context() {
  thread_local const std::unique_ptr<EVP_MAC_CTX, FreeContext> context = [] {
    static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    CS_ASSERT(algorithm != nullptr);
    std::unique_ptr<EVP_MAC_CTX, FreeContext> made(EVP_MAC_CTX_new(algorithm));
    CS_ASSERT(made != nullptr);
    std::string digest = OSSL_DIGEST_NAME_SHA2_256;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    CS_ASSERT(EVP_MAC_CTX_set_params(made.get(), parameters) == 1);
    return made;
  }();
  return context.get();
}

}  // namespace

Hash hmac_sha256(std::string_view key, std::string_view message) {
  Hash mac{};
  std::size_t length = 0;
  EVP_MAC_CTX* const context = thread_context();
  CS_ASSERT(EVP_MAC_init(context, reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                         nullptr) == 1);
  CS_ASSERT(EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(message.data()),
                           message.size()) == 1);
  CS_ASSERT(EVP_MAC_final(context, mac.data(), &length, mac.size()) == 1 && length == mac.size());
  return mac;
}

bool equal_secrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace countersign::ledger
