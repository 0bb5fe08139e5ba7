// Bodies of row edits: what the reader of simple ones takes, the strict reader reads alike.
#include "api/wire/body.h"
#include "api/wire/row_body.h"
#include "ledger/domain/erased_item_codec.h"

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

// None: the strict reader refuses it.
std::optional<RowBody> strictly(std::string_view text) {
  Request request;
  request.body = text;
  BodyReader body(request);
  RowBody row{body.cells("cells"), body.optional_text("reason").value_or("")};
  if (body.finish()) return std::nullopt;
  return row;
}

TEST(RowBody, SimpleOnesAreReadAlike) {
  const std::vector<std::string_view> bodies{
      R"({"cells":{"name":"甲","note":"a\nb \"c\" \\","n":12,"m":-7,"gone":null,"empty":""},"reason":"更正"})",
      R"( { "reason" : "" , "cells" : { } } )",
      R"({"cells":{"id":9007199254740991,"zero":-0,"\u0069d2":"\u4e8c\ud83d\ude00"}})",
      R"({})",
      R"({"reason":"r"})",
  };
  for (const std::string_view body : bodies) {
    const auto simple = read_simple_row(body);
    ASSERT_TRUE(simple) << body;
    EXPECT_EQ(simple, strictly(body)) << body;
  }
  const RowBody first = read_simple_row(bodies[0]).value();
  EXPECT_EQ(first.reason, "更正");
  EXPECT_EQ(first.cells.at("note"), "a\nb \"c\" \\");
  EXPECT_EQ(first.cells.at("n"), "12");
  EXPECT_EQ(first.cells.at("gone"), std::nullopt);
  EXPECT_EQ(first.cells.at("empty"), "");
}

TEST(RowBody, TheRestIsLeftToTheStrictReader) {
  std::string erased = R"({"reason":"x )";
  erased.append(ledger::kErasedText).append("\"}");
  for (const std::string_view body : std::initializer_list<std::string_view>{
           "", " ", "x", "[]", R"({"cells":[]})", R"({"cells":{"a":true}})", R"({"cells":{"a":{}}})",
           R"({"cells":{"a":1.5}})", R"({"cells":{"a":9007199254740993}})", R"({"cells":null})",
           R"({"cells":{"a":"1","a":"2"}})", R"({"cells":{},"cells":{"b":"1"}})",
           R"({"reason":"a","reason":"b"})", R"({"reason":7})", R"({"reason":null})",
           R"({"other":1})", R"({"cells":{"a":"\ud800"}})", R"({"cells":{"\udc00":"a"}})",
           R"({"reason":"\ud800"})", "{\"cells\":{\"a\":\"\xff\"}}", R"({"cells":{}} {})", erased}) {
    EXPECT_FALSE(read_simple_row(body)) << body;
  }
  EXPECT_FALSE(strictly(erased));
  EXPECT_EQ(strictly(R"({"cells":{"a":1.50}})")->cells.at("a"), "1.5");
}

// Every change of one byte: nothing is read that the strict reader refuses or reads otherwise.
TEST(RowBody, ChangedBodiesAreReadAlike) {
  const std::string whole = R"({"cells":{"a":"\u4e8c\\","b":-12,"c":null},"reason":"r\n"})";
  std::size_t read = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char byte : std::string_view("\0\"\\{}[]:,0-u.e nx\x7f\x80\xed", 20)) {
      std::string changed = whole;
      changed[i] = byte;
      if (const auto simple = read_simple_row(changed)) {
        ++read;
        EXPECT_EQ(simple, strictly(changed)) << changed;
      }
    }
  }
  EXPECT_GT(read, 50u);
}

}  // namespace
}  // namespace countersign::api
