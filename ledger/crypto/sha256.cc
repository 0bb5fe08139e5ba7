#include "ledger/crypto/sha256.h"

#include <memory>

#include <openssl/evp.h>

namespace countersign::ledger {

namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

void begin(EVP_MD_CTX* context) {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CS_ASSERT(algorithm != nullptr && context != nullptr);
  CS_ASSERT(EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
}

// Fetching the algorithm and making a context costs more than hashing one tree node, so each
// thread keeps its own.
EVP_MD_CTX* thread_context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  begin(context.get());
  return context.get();
}

Hash finish_in(EVP_MD_CTX* context) {
  Hash hash{};
  unsigned length = 0;
  CS_ASSERT(EVP_DigestFinal_ex(context, hash.data(), &length) == 1 && length == hash.size());
  return hash;
}

}  // namespace

Hash sha256(std::initializer_list<ByteSpan> parts) {
  EVP_MD_CTX* const context = thread_context();
  for (ByteSpan part : parts) CS_ASSERT(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  return finish_in(context);
}

Hash sha256(ByteSpan bytes) { return sha256({bytes}); }

struct RunningSha256::Context {
  std::unique_ptr<EVP_MD_CTX, FreeContext> digest{EVP_MD_CTX_new()};
};

RunningSha256::RunningSha256() : context_(std::make_unique<Context>()) {
  begin(context_->digest.get());
}
RunningSha256::~RunningSha256() = default;

void RunningSha256::add(ByteSpan bytes) {
  CS_ASSERT(EVP_DigestUpdate(context_->digest.get(), bytes.data(), bytes.size()) == 1);
}

Hash RunningSha256::finish() { return finish_in(context_->digest.get()); }

}  // namespace countersign::ledger
