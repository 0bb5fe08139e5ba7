#include "ledger/content/payload_vault.h"

#include "ledger/crypto/mac.h"
#include "ledger/crypto/random.h"

#include <memory>

#include <zstd.h>

namespace countersign::ledger {

namespace {

constexpr std::string_view kTextPrefix = "PAYLOAD+KEY+";
// What a box is that is bound by its key; placed ones are bound to "payload" and their index.
constexpr std::string_view kBoxContext = "payload";
constexpr std::size_t kIdBytes = 8;
// What is inside a box: one of these, then the record.
constexpr char kPlainInside = 0;
constexpr char kZstdInside = 1;
// Short records do not shrink enough to pay for the attempt.
constexpr std::size_t kCompressFrom = 512;
constexpr int kCompressionLevel = 1;
// No record is larger; what says so inside an authentic box would be our own mistake.
constexpr unsigned long long kRecordBytesMax = 1ull << 30;

std::string context_of(std::string_view what, LeafIndex index) {
  std::string context(what);
  append_u64(context, index);
  return context;
}

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

// One a thread: its tables cost more than a short record.
ZSTD_CCtx* compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  CS_ASSERT(context != nullptr);
  return context.get();
}

std::string compressed(std::string_view record) {
  std::string inside(1, kPlainInside);
  if (record.size() >= kCompressFrom) {
    inside.resize(1 + ZSTD_compressBound(record.size()));
    const std::size_t size =
        ZSTD_compressCCtx(compressor(), inside.data() + 1, inside.size() - 1, record.data(),
                          record.size(), kCompressionLevel);
    if (ZSTD_isError(size) == 0 && size < record.size()) {
      inside[0] = kZstdInside;
      inside.resize(1 + size);
      return inside;
    }
    inside.resize(1);
  }
  return inside.append(record);
}

struct FreeExpander {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// One a thread: making one costs more than expanding a record.
ZSTD_DCtx* expander() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeExpander> context(ZSTD_createDCtx());
  CS_ASSERT(context != nullptr);
  return context.get();
}

Result<std::string> expanded(std::string inside) {
  const Error unreadable{Errc::corrupt, "a sealed payload holds no record"};
  if (inside.empty()) return unreadable;
  if (inside[0] == kPlainInside) return inside.erase(0, 1);
  if (inside[0] != kZstdInside) return unreadable;
  const auto size = ZSTD_getFrameContentSize(inside.data() + 1, inside.size() - 1);
  if (size > kRecordBytesMax) return unreadable;  // unknown and error are larger still
  std::string record(static_cast<std::size_t>(size), '\0');
  const std::size_t read = ZSTD_decompressDCtx(expander(), record.data(), record.size(),
                                               inside.data() + 1, inside.size() - 1);
  if (ZSTD_isError(read) != 0 || read != record.size()) return unreadable;
  return record;
}

}  // namespace

PayloadVault::PayloadVault(const std::string& master)
    : master_(master),
      payload_keys_(master_),
      values_(as_chars(hmac_sha256(master_, "countersign values at rest"))) {}

PayloadVault PayloadVault::generate() { return PayloadVault(random_bytes(kAeadKeyBytes)); }

Result<PayloadVault> PayloadVault::from_text(std::string_view text) {
  if (text.starts_with(kTextPrefix) && text.ends_with('\n')) {
    text.remove_suffix(1);
    auto master = from_base64(text.substr(kTextPrefix.size()));
    if (master && master->size() == kAeadKeyBytes) return PayloadVault(*master);
  }
  return Error{Errc::malformed, "not a payload key"};
}

std::string PayloadVault::text() const {
  return std::string(kTextPrefix) + to_base64(as_bytes(master_)) + "\n";
}

std::string PayloadVault::id() const {
  return std::string(as_chars(hmac_sha256(master_, "countersign payload key")).substr(0, kIdBytes));
}

PreparedPayload PayloadVault::prepare(std::string_view record) {
  PreparedPayload prepared{std::string(1, kSealedPayload), random_bytes(kAeadKeyBytes)};
  aead_seal(prepared.box, prepared.key, compressed(record), kBoxContext);
  return prepared;
}

SealedPayload PayloadVault::place(LeafIndex index, PreparedPayload prepared) const {
  SealedPayload sealed{std::move(prepared.box), {}};
  payload_keys_.seal(sealed.wrapped_key, prepared.key, context_of("payload key", index));
  return sealed;
}

Result<std::string> PayloadVault::open_prepared(std::string_view box, std::string_view key) {
  auto inside = aead_open(key, box.substr(1), kBoxContext);
  if (!inside) return Error{Errc::corrupt, "a prepared payload was altered"};
  return expanded(std::move(*inside));
}

Result<std::string> PayloadVault::open(LeafIndex index, std::string_view box,
                                       std::string_view wrapped_key) const {
  const auto key = payload_keys_.open(wrapped_key, context_of("payload key", index));
  if (!key || key->size() != kAeadKeyBytes) {
    return Error{Errc::corrupt, "the key of the payload of entry " + std::to_string(index) +
                                    " does not open with this log's payload key"};
  }
  if (!is_sealed_payload(box)) {
    return Error{Errc::corrupt, "the payload of entry " + std::to_string(index) + " is not sealed"};
  }
  const std::string context = box.front() == kPlacedPayload
                                  ? context_of(kBoxContext, index)
                                  : std::string(kBoxContext);
  auto inside = aead_open(*key, box.substr(1), context);
  if (!inside) {
    return Error{Errc::corrupt, "the sealed payload of entry " + std::to_string(index) +
                                    " was altered or is another entry's"};
  }
  return expanded(std::move(*inside));
}

void PayloadVault::seal_value(std::string& out, std::string_view place,
                              std::string_view value) const {
  values_.seal(out, value, place);
}

Result<std::string> PayloadVault::open_value(std::string_view place,
                                             std::string_view sealed) const {
  auto value = values_.open(sealed, place);
  if (!value) return Error{Errc::corrupt, "a sealed value was altered or stands in another place"};
  return value;
}

}  // namespace countersign::ledger
