// The short way to a text gives what any reader of JSON gives, or says that it cannot.
#include "tools/verify/escaped_text.h"

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::tools {
namespace {

using nlohmann::json;

std::optional<std::string> read(const std::string& escaped) {
  // Exactly the room that is promised, so that a sanitizer sees what is read beyond it.
  const std::string padded = escaped + std::string(EscapedTexts::kPadding, '\\');
  EscapedTexts texts;
  texts.begin_line(escaped.size());
  const auto text = texts.read(std::string_view(padded).substr(0, escaped.size()));
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

std::string escaped(const std::string& text) {
  const std::string quoted = json(text).dump();
  return quoted.substr(1, quoted.size() - 2);
}

TEST(EscapedText, IsWhatAnyReaderMakesOfIt) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const std::size_t length = random() % 200;
    const std::size_t dense = random() % 30 + 3;  // how seldom an escape is
    while (text.size() < length) {
      const std::size_t drawn = random() % dense;
      text += drawn == 0 ? "\"" : drawn == 1 ? "\\" : drawn == 2 ? "学" : "x";
    }
    ASSERT_EQ(read(escaped(text)), text);
  }
}

TEST(EscapedText, OtherEscapesAreLeftToOthers) {
  for (std::size_t before = 0; before < 130; ++before) {
    for (const char* other : {"\\n", "\\u0041", "\\/", "\\u005c"}) {
      EXPECT_EQ(read(std::string(before, 'x') + other + "yz"), std::nullopt) << before << other;
    }
  }
}

// No valid string ends so; nothing beyond it is taken for its own.
TEST(EscapedText, ABackslashAtTheEndEscapesNothing) {
  for (std::size_t before = 0; before < 130; ++before) {
    EXPECT_EQ(read(std::string(before, 'x') + "\\"), std::nullopt) << before;
  }
}

TEST(EscapedText, TheTextsOfALineStandSideBySide) {
  const std::string line = R"({\"a\":1}{\"b\":\"\\\\\"})" + std::string(EscapedTexts::kPadding, ' ');
  EscapedTexts texts;
  texts.begin_line(line.size());
  const auto first = texts.read(std::string_view(line).substr(0, 9));
  const auto second = texts.read(std::string_view(line).substr(9, 16));
  EXPECT_EQ(first, R"({"a":1})");
  EXPECT_EQ(second, R"({"b":"\\"})");
}

}  // namespace
}  // namespace countersign::tools
