#include "ledger/base/canonical_json.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::ledger {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ParseJson, RefusesWhatIJsonForbids) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1,]",
                           "{\"a\":1,}",
                           "{\"a\":1}x",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "NaN",
                           "Infinity",
                           "1e400",
                           "'a'",
                           "{a:1}",
                           "\"\n\"",
                           "\"\\x\"",
                           "// c\n1",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud800\\u0041\"",
                           "\"\xff\"",
                           "\"\xc0\x80\"",
                           "\"\xed\xa0\x80\""}) {
    const auto value = parse_json(text);
    EXPECT_FALSE(value) << text;
    if (!value) {
      EXPECT_EQ(value.error().code, Errc::malformed) << text;
    }
  }
}

TEST(ParseJson, RefusesDuplicateNamesAtEveryDepth) {
  EXPECT_FALSE(parse_json(R"({"a":1,"a":1})"));
  EXPECT_FALSE(parse_json(R"({"a":1,"\u0061":2})"));
  EXPECT_FALSE(parse_json(R"([{"b":{"a":1,"c":[],"a":{}}}])"));
  EXPECT_TRUE(parse_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})"));
}

TEST(ParseJson, RefusesNestingBeyondSixtyFour) {
  EXPECT_TRUE(parse_json(nested(64)));
  EXPECT_FALSE(parse_json(nested(65)));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
}

// As it is written byte by byte, wherever in a word the escaped byte stands.
TEST(CanonicalString, EscapesAtEveryPlace) {
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(length, 'x');
        text[at] = static_cast<char>(byte);
        std::string out;
        append_canonical_string(out, text);
        std::string wanted = "\"";
        for (const char c : text) {
          const auto unit = static_cast<unsigned char>(c);
          const auto escape = std::string_view("\"\"\\\\\bb\tt\nn\ff\rr").find(c);
          if (escape != std::string_view::npos && escape % 2 == 0) {
            wanted += std::string("\\") + std::string_view("\"\"\\\\\bb\tt\nn\ff\rr")[escape + 1];
          } else if (unit < 0x20) {
            std::array<char, 8> code{};
            std::snprintf(code.data(), code.size(), "\\u%04x", unsigned{unit});
            wanted += code.data();
          } else {
            wanted += c;
          }
        }
        ASSERT_EQ(out, wanted + "\"");
      }
    }
  }
}

TEST(CanonicalString, EscapesInLongTexts) {
  for (const std::string_view piece : {"\"", "\x01", "x\"", "\"xxxxxxx", "plain text, "}) {
    std::string text;
    std::string wanted = "\"";
    while (text.size() < 2'000) {
      text += piece;
      for (const char c : piece) {
        wanted += c == '"' ? "\\\"" : c == '\x01' ? "\\u0001" : std::string(1, c);
      }
    }
    std::string out;
    append_canonical_string(out, text);
    EXPECT_EQ(out, wanted + "\"");
  }
}

TEST(ParseJson, ErrorsDoNotRepeatTheInput) {
  const auto value = parse_json(R"({"name":"Zhang San","name":"Li Si"})");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().detail.find("Zhang"), std::string::npos);
  EXPECT_EQ(value.error().detail.find("Li Si"), std::string::npos);
  const auto cut = parse_json(R"({"name":"Zhang San)");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().detail.find("Zhang"), std::string::npos);
}

TEST(ParseCanonical, AcceptsOnlyTheCanonicalForm) {
  EXPECT_TRUE(parse_canonical(R"({"a":1,"b":[null,true,"x"]})"));
  for (const char* text : {R"({"b":1,"a":1})", R"({"a": 1})", "1.0", "1E2", "-0", "\"\\u0041\"",
                           "\"\\/\"", "\"\\u000a\"", " 1", "1\n",
                           "\xEF\xBB\xBF"
                           "1"}) {
    EXPECT_FALSE(parse_canonical(text)) << text;
  }
}

TEST(Canonicalize, EscapesOnlyWhatItMust) {
  EXPECT_EQ(canonicalize(R"("\u0000\u001f\u007f\u2028\/\b\t\n\f\r\"\\")").value(),
            "\"\\u0000\\u001f\x7f\xE2\x80\xA8/\\b\\t\\n\\f\\r\\\"\\\\\"");
}

TEST(Canonicalize, WritesWholeNumbersAsDoublesWould) {
  EXPECT_EQ(canonicalize("9007199254740991").value(), "9007199254740991");
  EXPECT_EQ(canonicalize("-9007199254740991").value(), "-9007199254740991");
  EXPECT_EQ(canonicalize("9007199254740993").value(), "9007199254740992");
  EXPECT_EQ(canonicalize("18446744073709551615").value(), "18446744073709552000");
  EXPECT_EQ(canonicalize("-9223372036854775808").value(), "-9223372036854776000");
  EXPECT_EQ(canonicalize("100000000000000000000").value(), "100000000000000000000");
  EXPECT_EQ(canonicalize("1000000000000000000000").value(), "1e+21");
  EXPECT_EQ(canonicalize("-0").value(), "0");
  EXPECT_EQ(canonicalize("-0.0").value(), "0");
}

TEST(Canonicalize, IsStableAndKeepsEveryDouble) {
  std::mt19937_64 random(20201105);
  for (int i = 0; i < 100'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const std::string text = canonical_text(value);
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
    ASSERT_EQ(canonicalize(text).value(), text);
  }
}

TEST(CanonicalJson, TakesAMillionValuesAndNoMore) {
  const auto list = [](std::size_t elements) {
    std::string text = "[1";
    for (std::size_t i = 1; i < elements; ++i) text += ",1";
    return text + "]";
  };
  EXPECT_TRUE(parse_json(list(999'999)));
  EXPECT_FALSE(parse_json(list(1'000'000)));
}

}  // namespace
}  // namespace countersign::ledger
