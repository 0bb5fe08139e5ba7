#include "ledger/crypto/aead.h"

#include "ledger/crypto/random.h"

#include <algorithm>
#include <array>
#include <climits>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace countersign::ledger {

namespace {

struct FreeAead {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeAead>;

Context new_context() {
  Context context(EVP_CIPHER_CTX_new());
  CS_ASSERT(context != nullptr);
  return context;
}

// One context a thread: making one costs more than sealing a short text with it.
EVP_CIPHER_CTX* aead_context() {
  thread_local const Context context = new_context();
  return context.get();
}

// Fetched once: EVP_aes_256_gcm() is looked up anew for each box.
const EVP_CIPHER* aes_256_gcm() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CS_ASSERT(cipher != nullptr);
  return cipher;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_in(std::string& text, std::size_t offset) {
  return reinterpret_cast<unsigned char*>(text.data()) + offset;
}

// Appends a box. `key` is null where the context has one already.
void append_box(std::string& out, EVP_CIPHER_CTX* cipher, const unsigned char* key,
                std::string_view text, std::string_view context) {
  CS_ASSERT(text.size() < INT_MAX && context.size() < INT_MAX);
  const std::size_t begin = out.size();
  const std::size_t inside = begin + kAeadNonceBytes;
  const std::size_t end = inside + text.size();
  out.resize(end + kAeadTagBytes);
  fill_random({bytes_in(out, begin), kAeadNonceBytes});
  int length = 0;
  CS_ASSERT(EVP_EncryptInit_ex2(cipher, key == nullptr ? nullptr : aes_256_gcm(), key,
                                bytes_in(out, begin), nullptr) == 1);
  CS_ASSERT(EVP_EncryptUpdate(cipher, nullptr, &length, bytes_of(context),
                              static_cast<int>(context.size())) == 1);
  CS_ASSERT(EVP_EncryptUpdate(cipher, bytes_in(out, inside), &length, bytes_of(text),
                              static_cast<int>(text.size())) == 1);
  CS_ASSERT(EVP_EncryptFinal_ex(cipher, bytes_in(out, end), &length) == 1);
  CS_ASSERT(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, static_cast<int>(kAeadTagBytes),
                                bytes_in(out, end)) == 1);
}

// `key` as in append_box().
Result<std::string> open_box(EVP_CIPHER_CTX* cipher, const unsigned char* key,
                             std::string_view box, std::string_view context) {
  if (box.size() < kAeadNonceBytes + kAeadTagBytes || box.size() >= INT_MAX) {
    return Error{Errc::unauthorized, "the sealed text does not open"};
  }
  const std::size_t size = box.size() - kAeadNonceBytes - kAeadTagBytes;
  std::string text(size, '\0');
  std::array<unsigned char, kAeadTagBytes> tag{};
  std::copy_n(box.end() - kAeadTagBytes, tag.size(), tag.begin());
  int length = 0;
  const bool opened =
      EVP_DecryptInit_ex2(cipher, key == nullptr ? nullptr : aes_256_gcm(), key, bytes_of(box),
                          nullptr) == 1 &&
      EVP_DecryptUpdate(cipher, nullptr, &length, bytes_of(context),
                        static_cast<int>(context.size())) == 1 &&
      EVP_DecryptUpdate(cipher, bytes_in(text, 0), &length,
                        bytes_of(box.substr(kAeadNonceBytes)), static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, static_cast<int>(kAeadTagBytes),
                          tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher, bytes_in(text, 0) + size, &length) == 1;
  if (!opened) return Error{Errc::unauthorized, "the sealed text does not open"};
  return text;
}

}  // namespace

void aead_seal(std::string& out, std::string_view key, std::string_view text,
               std::string_view context) {
  CS_ASSERT(key.size() == kAeadKeyBytes);
  EVP_CIPHER_CTX* cipher = aead_context();
  append_box(out, cipher, bytes_of(key), text, context);
  // No key stays in memory longer than its owner keeps it.
  EVP_CIPHER_CTX_reset(cipher);
}

std::string aead_seal(std::string_view key, std::string_view text, std::string_view context) {
  std::string box;
  aead_seal(box, key, text, context);
  return box;
}

Result<std::string> aead_open(std::string_view key, std::string_view box,
                              std::string_view context) {
  CS_ASSERT(key.size() == kAeadKeyBytes);
  EVP_CIPHER_CTX* cipher = aead_context();
  auto text = open_box(cipher, bytes_of(key), box, context);
  EVP_CIPHER_CTX_reset(cipher);
  return text;
}

// Contexts that have the key, as many as were ever in use at once. What seals may open next: the
// schedule is the same.
class AeadKey::Contexts {
 public:
  explicit Contexts(std::string_view key) : key_(key) {}
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;
  ~Contexts() { OPENSSL_cleanse(key_.data(), key_.size()); }

  class Lent {
   public:
    explicit Lent(Contexts& from) : from_(from), context_(from.take()) {}
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;
    ~Lent() { from_.give_back(std::move(context_)); }
    EVP_CIPHER_CTX* get() const { return context_.get(); }

   private:
    Contexts& from_;
    Context context_;
  };

 private:
  Context take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        Context context = std::move(idle_.back());
        idle_.pop_back();
        return context;
      }
    }
    Context made = new_context();
    CS_ASSERT(EVP_EncryptInit_ex2(made.get(), aes_256_gcm(), bytes_of(key_), nullptr, nullptr) == 1);
    return made;
  }
  void give_back(Context context) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(context));
  }

  std::string key_;
  std::mutex mutex_;
  std::vector<Context> idle_;  // guarded by mutex_
};

AeadKey::AeadKey(std::string_view key) {
  CS_ASSERT(key.size() == kAeadKeyBytes);
  contexts_ = std::make_unique<Contexts>(key);
}

AeadKey::AeadKey(AeadKey&&) noexcept = default;
AeadKey::~AeadKey() = default;

void AeadKey::seal(std::string& out, std::string_view text, std::string_view context) const {
  append_box(out, Contexts::Lent(*contexts_).get(), nullptr, text, context);
}

Result<std::string> AeadKey::open(std::string_view box, std::string_view context) const {
  return open_box(Contexts::Lent(*contexts_).get(), nullptr, box, context);
}

}  // namespace countersign::ledger
