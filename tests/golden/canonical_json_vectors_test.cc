// RFC 8785: its worked example, its number samples (appendix B) and the order of its "weird"
// member names.
#include "ledger/base/bytes.h"
#include "ledger/base/canonical_json.h"
#include "ledger/crypto/sha256.h"
#include "ledger/merkle/tree_hash.h"

#include <bit>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::ledger {
namespace {

TEST(CanonicalJsonVectors, WorkedExample) {
  const auto text = canonicalize(
      R"({"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],)"
      R"("string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]})");
  ASSERT_TRUE(text);
  EXPECT_EQ(to_hex(as_bytes(*text)),
            "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333"
            "333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472"
            "696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d");
}

TEST(CanonicalJsonVectors, Numbers) {
  struct Number {
    std::uint64_t ieee;
    const char* text;
  };
  constexpr Number kNumbers[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0x4340000000000001, "9007199254740994"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
  };
  for (const Number& number : kNumbers) {
    EXPECT_EQ(canonical_text(std::bit_cast<double>(number.ieee)), number.text);
  }
}

TEST(CanonicalJsonVectors, NamesAreOrderedByUtf16CodeUnits) {
  const auto text = canonicalize(
      R"({"\u20ac":0,"\r":0,"\ufb33":0,"1":0,"\ud83d\ude02":0,"\u0080":0,"\u00f6":0,"\n":0,)"
      R"("</script>":0})");
  ASSERT_TRUE(text);
  EXPECT_EQ(*text,
            "{\"\\n\":0,\"\\r\":0,\"1\":0,\"</script>\":0,\"\xC2\x80\":0,\"ö\":0,\"€\":0,"
            "\"\xF0\x9F\x98\x82\":0,\"\xEF\xAC\xB3\":0}");
}

// An event of ours, as it becomes a leaf of the tree.
TEST(CanonicalJsonVectors, EventAndItsLeafHash) {
  constexpr std::string_view kEvent =
      R"({"action":"approve","actor":"u/1007","at":"2026-11-23T08:00:00.000Z",)"
      R"("base":"sha256:6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",)"
      R"("form":"teaching-status/2026/dept-03","role":"dean","seq":"12","type":"form.approved",)"
      R"("v":1})";
  EXPECT_EQ(kEvent.size(), 242u);
  EXPECT_TRUE(parse_canonical(kEvent));
  EXPECT_EQ(to_hex(sha256(as_bytes(kEvent))),
            "92445f291022137fee64ee18f6fa47f7be67e1ff4a25158ed641a10e7b43b02e");
  EXPECT_EQ(to_hex(hash_leaf(as_bytes(kEvent))),
            "fa3f80fabce493d5365fddd91968e9d7db153c901bfe08f4f5a02f8f850db025");
}

}  // namespace
}  // namespace countersign::ledger
