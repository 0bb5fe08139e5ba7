#include "ledger/crypto/ed25519.h"

#include "ledger/crypto/random.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace countersign::ledger {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

struct SigningKey::State {
  Key key;
  std::string seed;
  std::string public_key;
  ~State() { OPENSSL_cleanse(seed.data(), seed.size()); }
};

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::generate() {
  std::string seed = random_bytes(kKeyBytes);
  auto key = from_seed(seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return std::move(key).value();
}

Result<SigningKey> SigningKey::from_seed(std::string_view seed) {
  if (seed.size() != kKeyBytes) return Error{Errc::malformed, "an Ed25519 seed has 32 bytes"};
  auto state = std::make_unique<State>();
  state->seed = seed;
  state->key.reset(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, data_of(seed), seed.size()));
  CS_ASSERT(state->key != nullptr);
  state->public_key.resize(kKeyBytes);
  std::size_t length = kKeyBytes;
  CS_ASSERT(EVP_PKEY_get_raw_public_key(state->key.get(),
                                        reinterpret_cast<unsigned char*>(state->public_key.data()),
                                        &length) == 1);
  return SigningKey(std::move(state));
}

std::string SigningKey::sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  CS_ASSERT(context != nullptr);
  CS_ASSERT(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1);
  std::string signature(kSignatureBytes, '\0');
  std::size_t length = signature.size();
  CS_ASSERT(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                           &length, data_of(message), message.size()) == 1);
  return signature;
}

const std::string& SigningKey::public_key() const { return state_->public_key; }
const std::string& SigningKey::seed() const { return state_->seed; }

Result<void> verify_ed25519(std::string_view public_key, std::string_view message,
                            std::string_view signature) {
  if (public_key.size() != kKeyBytes || signature.size() != kSignatureBytes) {
    return Error{Errc::malformed, "an Ed25519 key has 32 bytes and a signature 64"};
  }
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data_of(public_key),
                                            public_key.size()));
  const Context context(EVP_MD_CTX_new());
  if (key == nullptr || context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestVerify(context.get(), data_of(signature), signature.size(), data_of(message),
                       message.size()) != 1) {
    return Error{Errc::unauthorized, "the signature does not verify"};
  }
  return {};
}

}  // namespace countersign::ledger
