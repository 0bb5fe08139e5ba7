#include "ledger/crypto/sha256.h"

#include <memory>

#include <openssl/evp.h>

namespace countersign::ledger {

namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetching the algorithm and making a context costs more than hashing one tree node, so each
// thread keeps its own.
EVP_MD_CTX* thread_context() {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  CS_ASSERT(algorithm != nullptr && context != nullptr);
  CS_ASSERT(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  return context.get();
}

}  // namespace

Hash sha256(std::initializer_list<ByteSpan> parts) {
  EVP_MD_CTX* const context = thread_context();
  for (ByteSpan part : parts) CS_ASSERT(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  Hash hash{};
  unsigned length = 0;
  CS_ASSERT(EVP_DigestFinal_ex(context, hash.data(), &length) == 1 && length == hash.size());
  return hash;
}

Hash sha256(ByteSpan bytes) { return sha256({bytes}); }

}  // namespace countersign::ledger
