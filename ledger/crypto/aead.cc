#include "ledger/crypto/aead.h"

#include "ledger/crypto/random.h"

#include <climits>
#include <memory>

#include <openssl/evp.h>

namespace countersign::ledger {

namespace {

struct FreeAead {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// One context a thread: making one costs more than sealing a short text with it.
EVP_CIPHER_CTX* aead_context() {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeAead> context(EVP_CIPHER_CTX_new());
  CS_ASSERT(context != nullptr);
  return context.get();
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_in(std::string& text, std::size_t offset) {
  return reinterpret_cast<unsigned char*>(text.data()) + offset;
}

}  // namespace

std::string aead_seal(std::string_view key, std::string_view text, std::string_view context) {
  CS_ASSERT(key.size() == kAeadKeyBytes && text.size() < INT_MAX && context.size() < INT_MAX);
  std::string box = random_bytes(kAeadNonceBytes);
  box.resize(kAeadNonceBytes + text.size() + kAeadTagBytes);
  EVP_CIPHER_CTX* cipher = aead_context();
  int length = 0;
  CS_ASSERT(EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(box)) ==
            1);
  CS_ASSERT(EVP_EncryptUpdate(cipher, nullptr, &length, bytes_of(context),
                              static_cast<int>(context.size())) == 1);
  CS_ASSERT(EVP_EncryptUpdate(cipher, bytes_in(box, kAeadNonceBytes), &length, bytes_of(text),
                              static_cast<int>(text.size())) == 1);
  const std::size_t end = kAeadNonceBytes + text.size();
  CS_ASSERT(EVP_EncryptFinal_ex(cipher, bytes_in(box, end), &length) == 1);
  CS_ASSERT(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, static_cast<int>(kAeadTagBytes),
                                bytes_in(box, end)) == 1);
  // No key stays in memory longer than its owner keeps it.
  EVP_CIPHER_CTX_reset(cipher);
  return box;
}

Result<std::string> aead_open(std::string_view key, std::string_view box,
                              std::string_view context) {
  CS_ASSERT(key.size() == kAeadKeyBytes);
  if (box.size() < kAeadNonceBytes + kAeadTagBytes || box.size() >= INT_MAX) {
    return Error{Errc::unauthorized, "the sealed text does not open"};
  }
  const std::size_t size = box.size() - kAeadNonceBytes - kAeadTagBytes;
  std::string text(size, '\0');
  std::string tag(box.substr(kAeadNonceBytes + size));
  EVP_CIPHER_CTX* cipher = aead_context();
  int length = 0;
  const bool opened =
      EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(box)) == 1 &&
      EVP_DecryptUpdate(cipher, nullptr, &length, bytes_of(context),
                        static_cast<int>(context.size())) == 1 &&
      EVP_DecryptUpdate(cipher, bytes_in(text, 0), &length,
                        bytes_of(box.substr(kAeadNonceBytes)), static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, static_cast<int>(kAeadTagBytes),
                          bytes_in(tag, 0)) == 1 &&
      EVP_DecryptFinal_ex(cipher, bytes_in(text, 0) + size, &length) == 1;
  EVP_CIPHER_CTX_reset(cipher);
  if (!opened) return Error{Errc::unauthorized, "the sealed text does not open"};
  return text;
}

}  // namespace countersign::ledger
