#include "ledger/base/utf8.h"

#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

TEST(Utf8, AcceptsEveryLengthAtItsEdges) {
  for (const char* text :
       {"", "plain", "江畔师范学院", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
  EXPECT_TRUE(is_valid_utf8(std::string(1, '\0')));
}

TEST(Utf8, RefusesOverlongSurrogateTooLargeAndCut) {
  for (const char* text : {"\x80",
                           "\xBF",
                           "\xC0\x80",
                           "\xC1\xBF",
                           "\xC2",
                           "\xC2"
                           "A",
                           "\xC2\xC2",
                           "\xE0\x80\x80",
                           "\xE0\x9F\xBF",
                           "\xE4\xB8",
                           "\xE4\xB8"
                           "A",
                           "\xED\xA0\x80",
                           "\xED\xBF\xBF",
                           "\xF0\x80\x80\x80",
                           "\xF0\x8F\xBF\xBF",
                           "\xF0\x9F\x98",
                           "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80",
                           "\xFE",
                           "\xFF"}) {
    EXPECT_FALSE(is_valid_utf8(text));
    EXPECT_FALSE(is_valid_utf8(std::string("ab") + text));
  }
}

TEST(Utf8, NamesThePlaceOfTheFirstThatIsNone) {
  const std::string plain = "twenty plain letters";
  EXPECT_EQ(valid_utf8_bytes(plain), plain.size());
  EXPECT_EQ(valid_utf8_bytes(plain + "江\xE6\xB1"), plain.size() + 3);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    std::string broken = plain;
    broken[i] = '\xFF';
    EXPECT_EQ(valid_utf8_bytes(broken), i);
  }
}

TEST(Utf8, CountsCharactersNotBytes) {
  EXPECT_EQ(count_characters(""), 0u);
  EXPECT_EQ(count_characters("abc"), 3u);
  EXPECT_EQ(count_characters("江畔 \xF0\x9F\x98\x82"), 4u);
}

}  // namespace
}  // namespace countersign::ledger
