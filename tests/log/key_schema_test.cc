#include "ledger/log/key_schema.h"

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

Hash counting_hash() {
  Hash hash;
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(i);
  return hash;
}
constexpr char kCountingHex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

// The bytes on disk, written out: a change here is a change of format.
TEST(KeySchema, GoldenBytes) {
  EXPECT_EQ(to_hex(as_bytes(number_key(0x0102030405060708))), "0102030405060708");
  EXPECT_EQ(to_hex(as_bytes(row_key("2020", "staff", "k|1"))),
            "000432303230"
            "00057374616666"
            "6b7c31");
  EXPECT_EQ(to_hex(as_bytes(encode_command({"id", counting_hash(), 258, 3, 772}))),
            std::string("01") + kCountingHex +
                "0000000000000102"
                "00000003"
                "0000000000000304");
  EXPECT_EQ(to_hex(as_bytes(encode_row_head({258, 3, counting_hash(), false, "{}"}))),
            std::string("01") +
                "0000000000000102"
                "00000003" +
                kCountingHex +
                "00"
                "7b7d");
  EXPECT_EQ(to_hex(as_bytes(encode_row_head({258, 3, counting_hash(), true, ""}))),
            std::string("01") +
                "0000000000000102"
                "00000003" +
                kCountingHex + "01");
  EXPECT_EQ(to_hex(as_bytes(encode_snapshot({7, "ab"}))),
            "0000000000000007"
            "6162");
}

TEST(KeySchema, NumbersSortAsTheyCount) {
  EXPECT_LT(number_key(255), number_key(256));
  EXPECT_LT(number_key(65535), number_key(1u << 31));
}

TEST(KeySchema, WhatIsWrittenIsReadAgain) {
  const CommandRecord command{"id", counting_hash(), 1ull << 40, 77, (1ull << 40) + 77};
  const auto read = parse_command("id", encode_command(command));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->command_id, "id");
  EXPECT_EQ(read->body_hash, command.body_hash);
  EXPECT_EQ(read->first, command.first);
  EXPECT_EQ(read->count, command.count);
  EXPECT_EQ(read->tree_size, command.tree_size);
  const RowHead head{1ull << 33, 99, counting_hash(), false, R"({"a":"b"})"};
  const auto row = parse_row_head(encode_row_head(head));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->index, head.index);
  EXPECT_EQ(row->item, head.item);
  EXPECT_EQ(row->leaf, head.leaf);
  EXPECT_FALSE(row->removed);
  EXPECT_EQ(row->cells, head.cells);
}

TEST(KeySchema, NodesComeBackAlsoOfVersionOne) {
  const std::vector<StoredNode> run{{4, counting_hash()}, {5, {}}, {6, counting_hash()}};
  EXPECT_EQ(parse_nodes(encode_nodes(run)).value(),
            (std::vector<Hash>{counting_hash(), {}, counting_hash()}));
  EXPECT_EQ(parse_nodes(as_chars(counting_hash())).value(), std::vector<Hash>{counting_hash()});
}

TEST(KeySchema, DamagedRecordsAreRefused) {
  const std::string command = encode_command({"id", counting_hash(), 1, 2, 3});
  const std::string row = encode_row_head({1, 2, counting_hash(), false, ""});
  for (std::size_t size = 0; size < command.size(); ++size) {
    EXPECT_FALSE(parse_command("id", std::string_view(command).substr(0, size)));
  }
  for (std::size_t size = 0; size < row.size(); ++size) {
    EXPECT_FALSE(parse_row_head(std::string_view(row).substr(0, size)));
  }
  EXPECT_FALSE(parse_command("id", command + "x"));
  EXPECT_FALSE(parse_command("id", "\x02" + command.substr(1)));
  EXPECT_FALSE(parse_row_head("\x02" + row.substr(1)));
  EXPECT_FALSE(parse_row_head(row.substr(0, row.size() - 1) + "\x02"));
  EXPECT_FALSE(parse_number("1234567"));
  const std::string nodes = encode_nodes(std::vector<StoredNode>{{4, counting_hash()}, {5, {}}});
  for (std::size_t size = 0; size < nodes.size(); ++size) {
    EXPECT_FALSE(parse_nodes(std::string_view(nodes).substr(0, size)) && size != sizeof(Hash));
  }
  EXPECT_FALSE(parse_nodes(nodes + nodes));
  EXPECT_FALSE(parse_nodes(std::string(1, '\0')));
  EXPECT_FALSE(parse_snapshot("1234567"));
}

}  // namespace
}  // namespace countersign::ledger
