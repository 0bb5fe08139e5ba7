#include "ledger/base/bytes.h"

#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

TEST(Base64, SpeaksTheVectorsOfRfc4648) {
  constexpr const char* kPairs[][2] = {{"", ""},
                                       {"f", "Zg=="},
                                       {"fo", "Zm8="},
                                       {"foo", "Zm9v"},
                                       {"foob", "Zm9vYg=="},
                                       {"fooba", "Zm9vYmE="},
                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : kPairs) {
    EXPECT_EQ(to_base64(as_bytes(bytes)), text);
    std::string kept = "kept";
    append_base64(kept, as_bytes(bytes));
    EXPECT_EQ(kept, std::string("kept") + text);
    EXPECT_EQ(from_base64(text).value(), bytes);
  }
}

TEST(Base64, EveryByteComesBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(from_base64(to_base64(as_bytes(bytes))).value(), bytes);
    EXPECT_EQ(from_base64url(to_base64url(as_bytes(bytes))).value(), bytes);
    EXPECT_EQ(from_hex(to_hex(as_bytes(bytes))).value(), bytes);
    bytes += static_cast<char>(i);
  }
}

TEST(Base64, NoTwoTextsDenoteTheSameBytes) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "=",
                           "==", "===", "====", "Z===", "Zg==Zg==", " Zg==", "Zg==\n", "Zm9v\n",
                           "Z-9v", "Z_9v", "Zm9v="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  for (const char* text : {"Zg==", "Zh", "Zm9", "Z", "Z+9v", "Z/9v", "Zm 9"}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
  EXPECT_EQ(to_base64url(as_bytes("\xfb\xff")), "-_8");
  EXPECT_EQ(to_base64(as_bytes("\xfb\xff")), "+/8=");
}

TEST(Hex, RefusesWhatIsNotHexadecimal) {
  EXPECT_EQ(from_hex("00fF").value(), std::string("\0\xff", 2));
  for (const char* text : {"0", "000", "0g", " 0", "0x"}) EXPECT_FALSE(from_hex(text)) << text;
  EXPECT_FALSE(hash_from_hex(std::string(62, 'a')));
  EXPECT_FALSE(hash_from_hex(std::string(66, 'a')));
  EXPECT_EQ(to_hex(hash_from_hex(std::string(64, 'a')).value()), std::string(64, 'a'));
}

TEST(Integers, AreBigEndian) {
  std::string out;
  append_u16(out, 0x0102);
  append_u32(out, 0x03040506);
  append_u64(out, 0x0708090a0b0c0dfe);
  EXPECT_EQ(to_hex(as_bytes(out)),
            "01020304050607"
            "08090a0b0c0dfe");
  EXPECT_EQ(read_u16(out), 0x0102);
  EXPECT_EQ(read_u32(out.substr(2)), 0x03040506u);
  EXPECT_EQ(read_u64(out.substr(6)), 0x0708090a0b0c0dfeu);
}

TEST(IntegersDeathTest, ReadingPastTheEndEndsTheProcess) {
  EXPECT_DEATH(read_u32("abc"), "invariant broken");
}

}  // namespace
}  // namespace countersign::ledger
