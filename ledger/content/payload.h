// Payload: the items of an entry, each canonical JSON with its own random 16-byte salt.
//
//   item leaf  = SHA-256(0x00 || salt || item)
//   commitment = RFC 6962 tree head over the item leaves, with their count
//
// The commitment stands in the header, so any item can be shown, withheld or erased alone and
// every proof stays valid. Stored record:
//
//   u8   format: 1 plain
//   u32  item count
//   per item: u8 presence (1 present, 0 withheld or erased, 2 erased but for what is left)
//     1:  16 bytes salt, u32 length, item bytes
//     0:  32 bytes leaf
//     2:  32 bytes leaf, u32 length, what is left: the item without the words that were erased
//
// The leaf does not commit to what is left; the entry that erased the words does.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

using Salt = std::array<std::uint8_t, 16>;

struct PayloadItem {
  bool present = true;
  std::string text;  // of an absent item what is left of it, mostly nothing
  Salt salt{};
  Hash leaf{};
};

// Immutable once sealed.
struct Payload {
  std::vector<PayloadItem> items;
  Hash root{};
};

Hash item_leaf(const Salt& salt, std::string_view item);

// Salts, hashes and commits. Called on the proposer's thread, before the queue.
Payload seal(std::vector<std::string> items);

std::string encode_payload(const Payload& payload);

// A payload ready to be recorded: what its header commits to, and the record.
struct PayloadRecord {
  std::uint32_t count = 0;
  Hash root{};
  std::string record;
};
PayloadRecord record_of(const Payload& payload);

// Makes a payload's record item by item, without a Payload in between: salts, hashes and encodes.
// Thread safety: one thread.
class PayloadWriter {
 public:
  // `items`: how many will be added. `bytes`: of room that their texts may want.
  PayloadWriter(std::uint32_t items, std::size_t bytes);

  // Returns the item's leaf. REQUIRES: fewer than `items` were added.
  const Hash& add(std::string_view item);
  // REQUIRES: all `items` were added; called once.
  PayloadRecord finish();

 private:
  const std::uint32_t items_;
  const std::string salts_;
  std::string record_;
  std::vector<Hash> leaves_;
};

// Recomputes leaves of present items and the root; does not compare with any header.
//   Errc::corrupt   not such a record
Result<Payload> decode_payload(std::string_view record);

// As decode_payload(), without copying: what a reader of millions of entries can afford. `texts`,
// whose room is used again from call to call, then holds the items' texts, pointing into `record`;
// of an absent one what is left of it. Gives the root.
//   Errc::corrupt   not such a record
Result<Hash> read_payload(std::string_view record, std::vector<std::string_view>& texts);

// As read_payload(), of a record that need not be held against its header: no root is computed.
Result<void> read_payload_texts(std::string_view record, std::vector<std::string_view>& texts);

// An item to be erased, and what is left of it besides its leaf; empty: nothing.
struct ErasedPlace {
  std::uint32_t item = 0;
  std::string left;
};
// The record with these items absent. Those absent already stay as they are.
//   Errc::corrupt   not such a record, or it has no such item
Result<std::string> without_items(std::string_view record, std::span<const ErasedPlace> items);

}  // namespace countersign::ledger
