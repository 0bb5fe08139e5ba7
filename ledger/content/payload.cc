#include "ledger/content/payload.h"

#include "ledger/crypto/random.h"
#include "ledger/crypto/sha256.h"
#include "ledger/merkle/tree_hash.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

constexpr char kPlain = 1;
constexpr char kPresent = 1;
constexpr char kAbsent = 0;
constexpr char kLeft = 2;
constexpr std::size_t kItemBytesMin = 1 + sizeof(Salt) + 4;

Error corrupt() { return {Errc::corrupt, "not a payload record"}; }

Hash leaf_of(ByteSpan salt, std::string_view item) {
  static constexpr std::uint8_t kLeaf[] = {0x00};
  return sha256({kLeaf, salt, as_bytes(item)});
}

Hash commitment_of(const std::vector<PayloadItem>& items) {
  std::vector<Hash> leaves;
  leaves.reserve(items.size());
  for (const PayloadItem& item : items) leaves.push_back(item.leaf);
  return tree_root(leaves);
}

// An item where it stands in a record.
struct ItemView {
  bool present = true;
  std::string_view text;
  Salt salt{};
  Hash leaf{};
};

// Calls `visit` for each item in order and appends its leaf. Without `leaves` those of present
// items are not computed.
template <typename Visit>
Result<void> read_items(std::string_view record, std::vector<Hash>* leaves, const Visit& visit) {
  const auto take = [&record](std::size_t count, std::string_view& bytes) {
    if (record.size() < count) return false;
    bytes = record.substr(0, count);
    record.remove_prefix(count);
    return true;
  };
  std::string_view bytes;
  if (!take(1, bytes) || bytes[0] != kPlain || !take(4, bytes)) return corrupt();
  const std::uint32_t count = read_u32(bytes);
  // No reservation by a count that damage may have made huge.
  if (count > record.size() / kItemBytesMin) return corrupt();
  if (leaves != nullptr) leaves->reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    ItemView item;
    if (!take(1, bytes)) return corrupt();
    const char presence = bytes[0];
    if (presence == kAbsent || presence == kLeft) {
      item.present = false;
      if (!take(sizeof(Hash), bytes)) return corrupt();
      std::copy(bytes.begin(), bytes.end(), item.leaf.begin());
      if (presence == kLeft &&
          (!take(4, bytes) || !take(read_u32(bytes), item.text) || item.text.empty())) {
        return corrupt();
      }
    } else {
      if (presence != kPresent || !take(sizeof(Salt), bytes)) return corrupt();
      std::copy(bytes.begin(), bytes.end(), item.salt.begin());
      if (!take(4, bytes)) return corrupt();
      if (!take(read_u32(bytes), item.text)) return corrupt();
      if (leaves != nullptr) item.leaf = item_leaf(item.salt, item.text);
    }
    if (leaves != nullptr) leaves->push_back(item.leaf);
    visit(item);
  }
  if (!record.empty()) return corrupt();
  return {};
}

}  // namespace

Hash item_leaf(const Salt& salt, std::string_view item) { return leaf_of(salt, item); }

Payload seal(std::vector<std::string> items) {
  Payload payload;
  payload.items.resize(items.size());
  const std::string salts = random_bytes(items.size() * sizeof(Salt));
  for (std::size_t i = 0; i < items.size(); ++i) {
    PayloadItem& item = payload.items[i];
    std::copy_n(salts.begin() + static_cast<std::ptrdiff_t>(i * sizeof(Salt)), sizeof(Salt),
                item.salt.begin());
    item.text = std::move(items[i]);
    item.leaf = item_leaf(item.salt, item.text);
  }
  payload.root = commitment_of(payload.items);
  return payload;
}

std::string encode_payload(const Payload& payload) {
  std::string out(1, kPlain);
  append_u32(out, static_cast<std::uint32_t>(payload.items.size()));
  for (const PayloadItem& item : payload.items) {
    if (!item.present) {
      out += item.text.empty() ? kAbsent : kLeft;
      out += as_chars(item.leaf);
      if (item.text.empty()) continue;
      append_u32(out, static_cast<std::uint32_t>(item.text.size()));
      out += item.text;
      continue;
    }
    out += kPresent;
    out += as_chars(item.salt);
    append_u32(out, static_cast<std::uint32_t>(item.text.size()));
    out += item.text;
  }
  return out;
}

PayloadRecord record_of(const Payload& payload) {
  return {static_cast<std::uint32_t>(payload.items.size()), payload.root, encode_payload(payload)};
}

PayloadWriter::PayloadWriter(std::uint32_t items, std::size_t bytes)
    : items_(items), salts_(random_bytes(items * sizeof(Salt))) {
  record_.reserve(1 + 4 + items * kItemBytesMin + bytes);
  record_ += kPlain;
  append_u32(record_, items);
  leaves_.reserve(items);
}

const Hash& PayloadWriter::add(std::string_view item) {
  CS_ASSERT(leaves_.size() < items_);
  const std::string_view salt =
      std::string_view(salts_).substr(leaves_.size() * sizeof(Salt), sizeof(Salt));
  record_ += kPresent;
  record_ += salt;
  append_u32(record_, static_cast<std::uint32_t>(item.size()));
  record_ += item;
  return leaves_.emplace_back(leaf_of(as_bytes(salt), item));
}

PayloadRecord PayloadWriter::finish() {
  CS_ASSERT(leaves_.size() == items_);
  return {items_, tree_root(leaves_), std::move(record_)};
}

Result<Payload> decode_payload(std::string_view record) {
  Payload payload;
  std::vector<Hash> leaves;
  CS_CHECK(read_items(record, &leaves, [&](const ItemView& item) {
    payload.items.push_back({item.present, std::string(item.text), item.salt, item.leaf});
  }));
  payload.root = tree_root(leaves);
  return payload;
}

Result<Hash> read_payload(std::string_view record, std::vector<std::string_view>& texts) {
  thread_local std::vector<Hash> leaves;
  leaves.clear();
  texts.clear();
  CS_CHECK(
      read_items(record, &leaves, [&](const ItemView& item) { texts.push_back(item.text); }));
  return tree_root(leaves);
}

Result<void> read_payload_texts(std::string_view record, std::vector<std::string_view>& texts) {
  texts.clear();
  return read_items(record, nullptr, [&](const ItemView& item) { texts.push_back(item.text); });
}

Result<std::string> without_items(std::string_view record, std::span<const ErasedPlace> items) {
  CS_TRY(Payload payload, decode_payload(record));
  for (const ErasedPlace& place : items) {
    if (place.item >= payload.items.size()) {
      return Error{Errc::corrupt, "the payload has no item " + std::to_string(place.item)};
    }
    PayloadItem& erased = payload.items[place.item];
    if (!erased.present) continue;
    erased = PayloadItem{.present = false, .text = place.left, .salt = {}, .leaf = erased.leaf};
  }
  return encode_payload(payload);
}

}  // namespace countersign::ledger
