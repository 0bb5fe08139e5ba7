#include "ledger/base/canonical_scan.h"

#include "ledger/base/canonical_json.h"

#include <random>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::ledger {
namespace {

// The scan and the parser must agree on every text.
void expect_agreement(const std::string& text) {
  std::vector<CanonicalMember> members;
  const bool read = read_canonical_object(text, members);
  const auto parsed = parse_canonical(text);
  ASSERT_EQ(read, parsed && parsed->is_object()) << text;
  if (!read) return;
  ASSERT_EQ(members.size(), parsed->size()) << text;
  for (const auto& [name, value] : members) {
    const auto plain = parse_json("\"" + std::string(name) + "\"");
    ASSERT_TRUE(plain && parsed->contains(plain->get<std::string>())) << text;
    const auto& meant = parsed->at(plain->get<std::string>());
    EXPECT_EQ(value, canonical_text(meant)) << text;
    ASSERT_EQ(is_string(value), meant.is_string()) << text;
    if (!meant.is_string()) continue;
    EXPECT_EQ(string_of(value), meant.get<std::string>()) << text;
    EXPECT_EQ(is_plain_string(value), value.substr(1, value.size() - 2) == meant) << text;
  }
}

const char* const kHeader =
    R"({"actor":{"account":"a.filler","role":"filler"},"data":{"changed":[1,0,20],"note":null},)"
    R"("index":4,"ok":true,"said":"引\"\\\n\u001f/","v":1})";

TEST(CanonicalScan, GivesTheMembersOfAnObject) {
  std::vector<CanonicalMember> members;
  ASSERT_TRUE(read_canonical_object(kHeader, members));
  ASSERT_EQ(members.size(), 6u);
  EXPECT_EQ(members[0].value, R"({"account":"a.filler","role":"filler"})");
  EXPECT_EQ(members[2].name, "index");
  EXPECT_EQ(members[2].value, "4");
  EXPECT_EQ(members[5].value, "1");
}

TEST(CanonicalScan, AgreesWithTheParserOnRareForms) {
  for (const char* text : {"",
                           "{",
                           "{}",
                           "[]",
                           "1",
                           "{} ",
                           " {}",
                           "{}x",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\":01}",
                           "{\"a\":-0}",
                           "{\"a\":-1}",
                           "{\"a\":0}",
                           "{\"a\":1.5}",
                           "{\"a\":1.50}",
                           "{\"a\":1e21}",
                           "{\"a\":1e+21}",
                           "{\"a\":1e2}",
                           "{\"a\":9007199254740991}",
                           "{\"a\":9007199254740993}",
                           "{\"a\":123456789012345}",
                           "{\"a\":1-}",
                           "{\"a\":--1}",
                           "{\"a\":nul}",
                           "{\"a\":true}",
                           "{\"a\":falsey}",
                           "{\"b\":1,\"a\":2}",
                           "{\"a\":1,\"a\":2}",
                           "{\"\":1,\"a\":{}}",
                           "{\"\\n\":1}",
                           "{\"\\u000a\":1}",
                           "{\"a\":\"\\u000b\"}",
                           "{\"a\":\"\\u000B\"}",
                           "{\"a\":\"\\u0009\"}",
                           "{\"a\":\"\\t\"}",
                           "{\"a\":\"\\/\"}",
                           "{\"a\":\"\\u0041\"}",
                           "{\"a\":\"\\b\\f\\n\\r\\t\\\\\\\"\\u0000\\u000e\\u001f\"}",
                           "{\"a\":\"\x7f\"}",
                           "{\"a\":\"\x80\"}",
                           "{\"a\":\"\xed\xa0\x80\"}",
                           "{\"a\":\"\t\"}",
                           "{\"a\":\"\xe5\xbc\x95\"}",
                           "{\"\xe5\xbc\x95\":1}",
                           "{\"\xf0\x9f\x98\x80\":1,\"\xef\xac\xb3\":2}",
                           "{\"\xef\xac\xb3\":1,\"\xf0\x9f\x98\x80\":2}",
                           "{\"a\":[1, 2]}",
                           "{\"a\":[1,[2,[]]]}",
                           "{\"a\":\"\\ud83d\\ude00\"}",
                           "{\"a\":\"12345678\\\"\",\"b\":\"1234567\"}"}) {
    expect_agreement(text);
  }
  for (const std::size_t depth : {59u, 60u, 61u, 62u, 63u, 64u, 65u}) {
    expect_agreement("{\"a\":1.5,\"b\":" + std::string(depth, '[') + std::string(depth, ']') + "}");
  }
}

TEST(CanonicalScan, AgreesWithTheParserAfterAnyChange) {
  std::mt19937 random(7);
  const std::string whole = kHeader;
  const std::string bytes = "\"\\{}[]:,0123456789eE+-. \n\x01\x7f\x80\xe5ntfu";
  for (int round = 0; round < 20000; ++round) {
    std::string text = whole;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const char byte = bytes[random() % bytes.size()];
      switch (random() % 4) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        case 2:
          text.erase(at, 1 + random() % 5);
          break;
        default:
          std::swap(text[at], text[random() % text.size()]);
      }
    }
    if (text.empty()) continue;
    expect_agreement(text);
  }
}

}  // namespace
}  // namespace countersign::ledger
