// The encodings in which spreadsheets save text, brought to UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace countersign::api {

// Where a text is no valid text of its encoding.
struct BadEncoding {
  std::size_t offset = 0;  // bytes from the start of the text
  bool unknown_charset = false;
};

// `text` as UTF-8 without byte order mark. A byte order mark says UTF-8 or UTF-16; else `charset`
// (utf-8, gb18030, gbk or gb2312 in any case; empty: not told) decides; else what is valid UTF-8 is
// UTF-8 and the rest must be valid GB18030.
std::variant<std::string, BadEncoding> to_utf8(std::string_view text, std::string_view charset);

// `text` itself without its mark, when to_utf8() would change nothing else.
std::optional<std::string_view> as_utf8(std::string_view text, std::string_view charset);

// `utf8` in GB18030, which has every character of Unicode. REQUIRES: valid UTF-8.
std::string to_gb18030(std::string_view utf8);

}  // namespace countersign::api
