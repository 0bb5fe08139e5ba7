// Payload vault: values at rest, encrypted (AES-256-GCM, crypto/aead.h).
//
// Every entry's payload has a data key of its own, which is stored with it, wrapped under the
// vault's one master key. To erase an item, the rest of the payload is sealed under a fresh data
// key and the old one is destroyed: whatever copy of the old bytes is left cannot be opened.
// What the log keeps besides of values (current rows, state snapshots) is sealed under keys
// derived from the master key, each for its purpose.
//
// Everything sealed is bound to its place, so that two sealed values changed for one another do
// not open. The master key is in a file beside the log's signing key (keys/payload.key) and never
// in a backup. Without it headers, proofs and checkpoints stay whole and no value can be read.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/crypto/aead.h"

#include <string>
#include <string_view>

namespace countersign::ledger {

struct SealedPayload {
  std::string box;          // begins with one of the two, which no plain record does
  std::string wrapped_key;  // the data key, sealed under the master key
};
inline constexpr char kPlacedPayload = 2;  // the box itself is bound to its index
inline constexpr char kSealedPayload = 3;  // its key alone is, which opens no other box
inline bool is_sealed_payload(std::string_view stored) {
  return stored.starts_with(kSealedPayload) || stored.starts_with(kPlacedPayload);
}

// A payload sealed before its index is known. Kept in memory only: the key is not wrapped yet.
struct PreparedPayload {
  std::string box;
  std::string key;
};

// Thread safety: immutable.
class PayloadVault {
 public:
  static PayloadVault generate();
  //   Errc::malformed   not what text() gives
  static Result<PayloadVault> from_text(std::string_view text);
  // "PAYLOAD+KEY+<base64 of 32 bytes>", for the key file.
  std::string text() const;
  // Eight bytes that tell master keys apart and say nothing of them.
  std::string id() const;

  // Compresses, then seals under a fresh data key: the work, which needs no order.
  static PreparedPayload prepare(std::string_view record);
  // The record of what prepare() gave. Errors as open().
  static Result<std::string> open_prepared(std::string_view box, std::string_view key);
  // Binds it to its index. REQUIRES: a payload is placed once.
  SealedPayload place(LeafIndex index, PreparedPayload prepared) const;
  // Both at once.
  SealedPayload seal(LeafIndex index, std::string_view record) const {
    return place(index, prepare(record));
  }
  //   Errc::corrupt   not sealed by this vault for this index, or altered
  Result<std::string> open(LeafIndex index, std::string_view box,
                           std::string_view wrapped_key) const;
  Result<std::string> open(LeafIndex index, const SealedPayload& sealed) const {
    return open(index, sealed.box, sealed.wrapped_key);
  }

  // Other values of the log, e.g. a row head; `place` is where it stands, such as its key. Appends
  // what is sealed.
  void seal_value(std::string& out, std::string_view place, std::string_view value) const;
  //   Errc::corrupt   not sealed by this vault for this place, or altered
  Result<std::string> open_value(std::string_view place, std::string_view sealed) const;

 private:
  explicit PayloadVault(const std::string& master);

  std::string master_;
  AeadKey payload_keys_;  // the master key, which wraps them
  AeadKey values_;
};

}  // namespace countersign::ledger
