#include "ledger/crypto/sm2.h"

#include "ledger/base/key_algorithm.h"
#include "ledger/crypto/random.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

namespace countersign::ledger {

namespace {

constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kSm2SignatureBytes = 64;
constexpr std::string_view kSignerId = "1234567812345678";

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_free(point); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
};
template <typename T>
using Owned = std::unique_ptr<T, FreeOpenSsl>;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

Owned<BIGNUM> number_of(std::string_view bytes) {
  Owned<BIGNUM> number(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
  CS_ASSERT(number != nullptr);
  return number;
}

Owned<EC_GROUP> curve() {
  Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name(NID_sm2));
  CS_ASSERT(group != nullptr);
  return group;
}

// Null: the public key is no point of the curve. Without a private number a key to verify with.
Owned<EVP_PKEY> key_of(std::string_view public_key, const BIGNUM* scalar) {
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  CS_ASSERT(builder != nullptr);
  CS_ASSERT(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) ==
            1);
  CS_ASSERT(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                             public_key.data(), public_key.size()) == 1);
  if (scalar != nullptr) {
    CS_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
  }
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
  CS_ASSERT(parameters != nullptr && context != nullptr);
  CS_ASSERT(EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) return nullptr;
  return Owned<EVP_PKEY>(key);
}

// A digest context whose signer's id is set before anything is hashed.
struct Sm2Digest {
  explicit Sm2Digest(EVP_PKEY* key)
      : parameters(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)), digest(EVP_MD_CTX_new()) {
    CS_ASSERT(parameters != nullptr && digest != nullptr);
    CS_ASSERT(EVP_PKEY_CTX_set1_id(parameters.get(), kSignerId.data(),
                                   static_cast<int>(kSignerId.size())) == 1);
    EVP_MD_CTX_set_pkey_ctx(digest.get(), parameters.get());
  }

  Owned<EVP_PKEY_CTX> parameters;  // outlives the digest, which does not own it
  Owned<EVP_MD_CTX> digest;
};

}  // namespace

struct Sm2Key::State {
  Owned<EVP_PKEY> key;
  std::string scalar;
  std::string public_key;
  ~State() { OPENSSL_cleanse(scalar.data(), scalar.size()); }
};

Sm2Key::Sm2Key(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sm2Key::Sm2Key(Sm2Key&&) noexcept = default;
Sm2Key& Sm2Key::operator=(Sm2Key&&) noexcept = default;
Sm2Key::~Sm2Key() = default;

Sm2Key Sm2Key::generate() {
  while (true) {
    std::string scalar = random_bytes(kScalarBytes);
    auto key = from_scalar(scalar);
    OPENSSL_cleanse(scalar.data(), scalar.size());
    // One in 2^32 random numbers is out of range.
    if (key) return std::move(*key);
  }
}

Result<Sm2Key> Sm2Key::from_scalar(std::string_view scalar) {
  if (scalar.size() != kScalarBytes) return Error{Errc::malformed, "an SM2 key has 32 bytes"};
  const auto group = curve();
  const auto number = number_of(scalar);
  const Owned<BIGNUM> last(BN_dup(EC_GROUP_get0_order(group.get())));
  CS_ASSERT(last != nullptr && BN_sub_word(last.get(), 2) == 1);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), last.get()) > 0) {
    return Error{Errc::malformed, "an SM2 key is a number between 1 and n - 2"};
  }
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  const Owned<EC_POINT> point(EC_POINT_new(group.get()));
  CS_ASSERT(point != nullptr);
  CS_ASSERT(EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1);
  auto state = std::make_unique<State>();
  state->scalar = scalar;
  state->public_key.resize(kSm2PublicKeyBytes);
  CS_ASSERT(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                               octets(state->public_key), state->public_key.size(),
                               nullptr) == kSm2PublicKeyBytes);
  state->key = key_of(state->public_key, number.get());
  CS_ASSERT(state->key != nullptr);
  return Sm2Key(std::move(state));
}

std::string Sm2Key::sign(std::string_view message) const {
  const Sm2Digest context(state_->key.get());
  CS_ASSERT(EVP_DigestSignInit(context.digest.get(), nullptr, EVP_sm3(), nullptr,
                               state_->key.get()) == 1);
  std::size_t length = 0;
  CS_ASSERT(EVP_DigestSign(context.digest.get(), nullptr, &length, octets(message),
                           message.size()) == 1);
  std::string der(length, '\0');
  CS_ASSERT(EVP_DigestSign(context.digest.get(), octets(der), &length, octets(message),
                           message.size()) == 1);
  const unsigned char* next = octets(std::string_view(der));
  const Owned<ECDSA_SIG> pair(d2i_ECDSA_SIG(nullptr, &next, static_cast<long>(length)));
  CS_ASSERT(pair != nullptr);
  std::string signature(kSm2SignatureBytes, '\0');
  unsigned char* const out = octets(signature);
  CS_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, kScalarBytes) == kScalarBytes);
  CS_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + kScalarBytes, kScalarBytes) ==
            kScalarBytes);
  return signature;
}

const std::string& Sm2Key::public_key() const { return state_->public_key; }
const std::string& Sm2Key::scalar() const { return state_->scalar; }

Result<void> verify_sm2(std::string_view public_key, std::string_view message,
                        std::string_view signature) {
  if (public_key.size() != kSm2PublicKeyBytes || public_key[0] != '\x04' ||
      signature.size() != kSm2SignatureBytes) {
    return Error{Errc::malformed, "an SM2 key has 65 bytes, the first 04, and a signature 64"};
  }
  const auto key = key_of(public_key, nullptr);
  if (key == nullptr) return Error{Errc::malformed, "not a point of the SM2 curve"};
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  CS_ASSERT(pair != nullptr);
  CS_ASSERT(ECDSA_SIG_set0(pair.get(), number_of(signature.substr(0, kScalarBytes)).release(),
                           number_of(signature.substr(kScalarBytes)).release()) == 1);
  unsigned char* encoded = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &encoded);
  CS_ASSERT(length > 0);
  const std::string der(reinterpret_cast<char*>(encoded), static_cast<std::size_t>(length));
  OPENSSL_free(encoded);
  const Sm2Digest context(key.get());
  if (EVP_DigestVerifyInit(context.digest.get(), nullptr, EVP_sm3(), nullptr, key.get()) != 1 ||
      EVP_DigestVerify(context.digest.get(), octets(std::string_view(der)), der.size(),
                       octets(message), message.size()) != 1) {
    return Error{Errc::unauthorized, "the signature does not verify"};
  }
  return {};
}

}  // namespace countersign::ledger
