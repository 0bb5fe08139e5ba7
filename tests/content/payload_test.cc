#include "ledger/content/payload.h"

#include "ledger/merkle/tree_hash.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

// Leaves, root and record below were computed apart from this code, with Python's hashlib.
constexpr std::string_view kRecord =
    "0100000003"
    "01000102030405060708090a0b0c0d0e0f0000001c7b226b696e64223a2274657874222c2274657874223a226f6e65"
    "227d"
    "0004bdc3318404f0f2d30fe6d767a258f4b8a7bfe106886dba4426f9e2fe04b450"
    "01ffffffffffffffffffffffffffffffff00000000";
constexpr std::string_view kRoot =
    "8183ae90de4725f1bff32b1463a5a849c0b47ef769561fe75fe0fd86e9fb286a";

std::vector<std::string> some_items(std::mt19937& random, std::size_t count) {
  std::vector<std::string> items(count);
  for (std::string& item : items) {
    item.resize(random() % 300);
    for (char& c : item) c = static_cast<char>(random());
  }
  return items;
}

void withhold(PayloadItem& item) {
  item.present = false;
  item.text.clear();
  item.salt = {};
}

TEST(PayloadWriter, WritesWhatASealedPayloadIs) {
  for (const std::uint32_t count : {0u, 1u, 7u, 1000u}) {
    PayloadWriter writer(count, 10);
    std::vector<Hash> leaves;
    for (std::uint32_t i = 0; i < count; ++i) leaves.push_back(writer.add("item " + std::to_string(i)));
    const PayloadRecord written = writer.finish();
    const auto read = decode_payload(written.record);
    ASSERT_TRUE(read);
    EXPECT_EQ(written.count, count);
    EXPECT_EQ(read->root, written.root);
    ASSERT_EQ(read->items.size(), count);
    for (std::uint32_t i = 0; i < count; ++i) {
      EXPECT_EQ(read->items[i].leaf, leaves[i]);
      EXPECT_EQ(read->items[i].text, "item " + std::to_string(i));
      if (i > 0) {
        EXPECT_NE(read->items[i].salt, read->items[i - 1].salt);
      }
    }
    const PayloadRecord again = record_of(*read);
    EXPECT_EQ(again.record, written.record);
    EXPECT_EQ(again.count, count);
  }
}

TEST(Payload, GoldenRecord) {
  const std::string record = from_hex(kRecord).value();
  const auto payload = decode_payload(record);
  ASSERT_TRUE(payload);
  ASSERT_EQ(payload->items.size(), 3u);
  EXPECT_EQ(payload->items[0].text, R"({"kind":"text","text":"one"})");
  EXPECT_EQ(to_hex(payload->items[0].leaf),
            "afb0eff7d25122f349e0a453a160211c996971e4e81e183c250aafe779ec9b0a");
  EXPECT_FALSE(payload->items[1].present);
  EXPECT_EQ(payload->items[2].text, "");
  EXPECT_EQ(to_hex(payload->items[2].leaf),
            "1d037f75eb96d1ab0615732e2aacdd2a701ecf59fb048987a47cb50a2b483a86");
  EXPECT_EQ(to_hex(payload->root), kRoot);
  EXPECT_EQ(encode_payload(*payload), record);
}

TEST(Payload, EmptyPayloadCommitsToTheEmptyTree) {
  const Payload payload = seal({});
  EXPECT_EQ(payload.root, hash_empty());
  const auto again = decode_payload(encode_payload(payload));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->items.empty());
  EXPECT_EQ(again->root, hash_empty());
}

TEST(Payload, ComesBackAsItWasSealed) {
  std::mt19937 random(20201105);
  for (std::size_t count = 1; count < 40; ++count) {
    const auto items = some_items(random, count);
    const Payload payload = seal(items);
    const auto again = decode_payload(encode_payload(payload));
    ASSERT_TRUE(again);
    ASSERT_EQ(again->items.size(), count);
    EXPECT_EQ(again->root, payload.root);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(again->items[i].text, items[i]);
      EXPECT_EQ(again->items[i].salt, payload.items[i].salt);
      EXPECT_EQ(again->items[i].leaf, item_leaf(payload.items[i].salt, items[i]));
    }
  }
}

TEST(Payload, EqualItemsHaveDifferentLeaves) {
  const Payload payload = seal(std::vector<std::string>(1000, "same"));
  std::set<Hash> leaves;
  for (const PayloadItem& item : payload.items) leaves.insert(item.leaf);
  EXPECT_EQ(leaves.size(), 1000u);
}

TEST(Payload, WithholdingAnyItemsKeepsTheRoot) {
  std::mt19937 random(1);
  const Payload sealed = seal(some_items(random, 9));
  for (unsigned mask = 0; mask < 1u << 9; ++mask) {
    Payload shown = sealed;
    for (unsigned i = 0; i < 9; ++i) {
      if ((mask >> i & 1) != 0) withhold(shown.items[i]);
    }
    const auto again = decode_payload(encode_payload(shown));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->root, sealed.root);
    for (unsigned i = 0; i < 9; ++i) EXPECT_EQ(again->items[i].present, (mask >> i & 1) == 0);
  }
}

// Every bit of a record matters: a changed record is either refused or commits to something else.
TEST(Payload, EveryFlippedBitIsSeen) {
  Payload payload = seal({R"({"a":1})", R"({"b":"二"})", "x"});
  withhold(payload.items[1]);
  const std::string record = encode_payload(payload);
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::string changed = record;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const auto read = decode_payload(changed);
    if (read) {
      EXPECT_NE(read->root, payload.root) << "bit " << bit;
    } else {
      EXPECT_EQ(read.error().code, Errc::corrupt);
    }
  }
}

TEST(Payload, EveryCutOrLengthenedRecordIsRefused) {
  const std::string record = encode_payload(seal({"one", "two", "three"}));
  for (std::size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(decode_payload(std::string_view(record).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_payload(record + '\0'));
}

TEST(Payload, ACountTooLargeForTheRecordIsRefusedWithoutMemory) {
  EXPECT_FALSE(decode_payload(from_hex("01ffffffff").value()));
  EXPECT_FALSE(decode_payload(from_hex("01ffffffff01").value()));
}

TEST(Payload, RandomBytesAreRefusedOrReadExactly) {
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random() % 64, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const auto read = decode_payload(bytes);
    if (read) {
      EXPECT_EQ(encode_payload(*read), bytes);
    } else {
      EXPECT_EQ(read.error().code, Errc::corrupt);
    }
  }
}

TEST(Payload, ErasedItemsLeaveTheirLeaves) {
  const Payload whole = seal({"one", "two", "three"});
  const std::vector<ErasedPlace> erased = {{0, ""}, {2, "what is left"}};
  const auto record = without_items(encode_payload(whole), erased);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->find("one"), std::string::npos);
  EXPECT_EQ(record->find("three"), std::string::npos);
  for (const ErasedPlace& one : erased) {
    EXPECT_EQ(record->find(as_chars(whole.items[one.item].salt)), std::string::npos);
  }
  const Payload left = decode_payload(*record).value();
  EXPECT_EQ(left.root, whole.root);
  EXPECT_EQ(left.items[1].text, "two");
  EXPECT_FALSE(left.items[0].present);
  EXPECT_EQ(left.items[0].text, "");
  EXPECT_FALSE(left.items[2].present);
  EXPECT_EQ(left.items[2].leaf, whole.items[2].leaf);
  EXPECT_EQ(left.items[2].text, "what is left");
  EXPECT_EQ(without_items(*record, erased).value(), *record);
  EXPECT_EQ(without_items(*record, std::vector<ErasedPlace>{{2, "other"}}).value(), *record)
      << "what is erased stays as it was left";
  for (std::size_t size = 0; size < record->size(); ++size) {
    EXPECT_FALSE(decode_payload(std::string_view(*record).substr(0, size))) << size;
  }
  EXPECT_EQ(without_items(*record, std::vector<ErasedPlace>{{3, ""}}).error().code, Errc::corrupt);
  EXPECT_EQ(without_items("\x02", erased).error().code, Errc::corrupt);
}

}  // namespace
}  // namespace countersign::ledger
