#include "ledger/crypto/password.h"

#include "ledger/base/bytes.h"
#include "ledger/crypto/aead.h"
#include "ledger/crypto/random.h"

#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace countersign::ledger {

namespace {

// N = 2^14, r = 8, p = 1: 16 MiB and about 30 ms on the machines this runs on.
constexpr unsigned kLogN = 14;
constexpr unsigned kLogNMax = 20;
constexpr std::uint64_t kR = 8;
constexpr std::uint64_t kP = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kKeyBytes = 32;
constexpr std::uint64_t kMemoryMax = 2ull << 30;

unsigned char* data_of(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}
const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string scrypt_key(std::string_view password, std::string_view salt, unsigned log_n) {
  std::string key(kKeyBytes, '\0');
  CS_ASSERT(EVP_PBE_scrypt(password.data(), password.size(), data_of(salt), salt.size(),
                           1ull << log_n, kR, kP, kMemoryMax, data_of(key), key.size()) == 1);
  return key;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find('$');
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Error does_not_open() { return {Errc::unauthorized, "the sealed secret does not open"}; }

}  // namespace

std::string make_password_verifier(std::string_view password) {
  const std::string salt = random_bytes(kSaltBytes);
  return "scrypt$" + std::to_string(kLogN) + "$8$1$" + to_base64url(as_bytes(salt)) + "$" +
         to_base64url(as_bytes(scrypt_key(password, salt, kLogN)));
}

bool password_matches(std::string_view verifier, std::string_view password) {
  const auto parts = split(verifier);
  if (parts.size() != 6 || parts[0] != "scrypt" || parts[2] != "8" || parts[3] != "1") return false;
  const int log_n = std::atoi(std::string(parts[1]).c_str());
  const auto salt = from_base64url(parts[4]);
  const auto key = from_base64url(parts[5]);
  if (log_n < 1 || log_n > static_cast<int>(kLogNMax) || !salt || !key ||
      key->size() != kKeyBytes) {
    return false;
  }
  const std::string derived = scrypt_key(password, *salt, static_cast<unsigned>(log_n));
  return CRYPTO_memcmp(derived.data(), key->data(), kKeyBytes) == 0;
}

std::string seal_with_password(std::string_view secret, std::string_view password) {
  const std::string salt = random_bytes(kSaltBytes);
  std::string key = scrypt_key(password, salt, kLogN);
  const std::string box = aead_seal(key, secret, {});
  OPENSSL_cleanse(key.data(), key.size());
  const std::string_view view = box;
  return "sealed1$" + to_base64url(as_bytes(salt)) + "$" +
         to_base64url(as_bytes(view.substr(0, kAeadNonceBytes))) + "$" +
         to_base64url(as_bytes(view.substr(kAeadNonceBytes)));
}

bool is_sealed_secret(std::string_view text) { return text.starts_with("sealed1$"); }

Result<std::string> open_with_password(std::string_view sealed, std::string_view password) {
  const auto parts = split(sealed);
  if (parts.size() != 4 || parts[0] != "sealed1") return does_not_open();
  const auto salt = from_base64url(parts[1]);
  const auto nonce = from_base64url(parts[2]);
  const auto rest = from_base64url(parts[3]);
  if (!salt || !nonce || !rest || nonce->size() != kAeadNonceBytes) return does_not_open();
  std::string key = scrypt_key(password, *salt, kLogN);
  auto secret = aead_open(key, *nonce + *rest, {});
  OPENSSL_cleanse(key.data(), key.size());
  if (!secret) return does_not_open();
  return secret;
}

}  // namespace countersign::ledger
