#include "api/wire/encoding.h"

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

std::string text_of(std::string_view bytes, std::string_view charset = {}) {
  auto read = to_utf8(bytes, charset);
  auto* text = std::get_if<std::string>(&read);
  return text == nullptr ? "refused" : *text;
}

constexpr std::string_view kGb = "\xD6\xD0\xCE\xC4";  // the two characters below in GB18030

TEST(Encoding, Utf8WithAndWithoutMark) {
  EXPECT_EQ(text_of("\xEF\xBB\xBF中文"), "中文");
  EXPECT_EQ(text_of("中文"), "中文");
}

TEST(Encoding, Gb18030IsDetectedOrTold) {
  EXPECT_EQ(text_of(kGb), "中文");
  EXPECT_EQ(text_of(kGb, "GB18030"), "中文");
  EXPECT_EQ(text_of(kGb, "utf-8"), "refused");
}

TEST(Encoding, Utf16ByItsMark) {
  using namespace std::string_view_literals;
  EXPECT_EQ(text_of("\xFF\xFE-N\x87\x65\t\0"sv), "中文\t");
  EXPECT_EQ(text_of("\xFE\xFFN-\x65\x87"sv), "中文");
}

TEST(Encoding, WhatIsUtf8AlreadyIsNotCopied) {
  const std::string_view marked = "\xEF\xBB\xBF中文";
  EXPECT_EQ(as_utf8(marked, ""), "中文");
  EXPECT_EQ(as_utf8(marked, "gb18030"), "中文") << "its mark says more than who sent it";
  const std::string plain = "中文";
  EXPECT_EQ(as_utf8(plain, "UTF-8")->data(), plain.data());
  EXPECT_FALSE(as_utf8("中文", "gb18030"));
  EXPECT_FALSE(as_utf8(kGb, ""));
  EXPECT_FALSE(as_utf8("\xFF\xFE-N", ""));
}

TEST(Encoding, RefusalNamesTheByte) {
  auto read = to_utf8("ab\xFF\xFF", "");
  ASSERT_TRUE(std::holds_alternative<BadEncoding>(read));
  EXPECT_EQ(std::get<BadEncoding>(read).offset, 2U);
  EXPECT_TRUE(std::get<BadEncoding>(to_utf8("a", "koi8-r")).unknown_charset);
}

}  // namespace
}  // namespace countersign::api
