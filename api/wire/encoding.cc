#include "api/wire/encoding.h"

#include "ledger/base/utf8.h"

#include <utility>

#include <iconv.h>

namespace countersign::api {

namespace {

std::variant<std::string, BadEncoding> convert(std::string_view text, const char* from,
                                               const char* into = "UTF-8") {
  iconv_t converter = iconv_open(into, from);
  if (converter == reinterpret_cast<iconv_t>(-1)) return BadEncoding{0, true};
  // No character of two bytes or more grows beyond twice its size.
  std::string out(text.size() * 2 + 8, '\0');
  char* in = const_cast<char*>(text.data());  // iconv reads only
  std::size_t left = text.size();
  char* to = out.data();
  std::size_t room = out.size();
  const bool failed = iconv(converter, &in, &left, &to, &room) == static_cast<std::size_t>(-1);
  iconv_close(converter);
  if (failed) return BadEncoding{text.size() - left, false};
  out.resize(out.size() - room);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

std::variant<std::string, BadEncoding> to_utf8(std::string_view text, std::string_view charset) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) {
    auto rest = convert(text.substr(kMark.size()), "UTF-8");
    if (auto* bad = std::get_if<BadEncoding>(&rest)) bad->offset += kMark.size();
    return rest;
  }
  for (const auto& [mark, name] : {std::pair<std::string_view, const char*>{"\xFF\xFE", "UTF-16LE"},
                                   {"\xFE\xFF", "UTF-16BE"}}) {
    if (!text.starts_with(mark)) continue;
    auto rest = convert(text.substr(mark.size()), name);
    if (auto* bad = std::get_if<BadEncoding>(&rest)) bad->offset += mark.size();
    return rest;
  }
  const std::string told = lower(charset);
  if (told == "utf-8" || told == "utf8") return convert(text, "UTF-8");
  if (told == "gb18030" || told == "gbk" || told == "gb2312") return convert(text, "GB18030");
  if (!told.empty()) return BadEncoding{0, true};
  if (ledger::is_valid_utf8(text)) return std::string(text);
  return convert(text, "GB18030");
}

std::optional<std::string_view> as_utf8(std::string_view text, std::string_view charset) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  const bool marked = text.starts_with(kMark);
  if (marked) text.remove_prefix(kMark.size());
  const std::string told = lower(charset);
  const bool may_be = marked || told.empty() || told == "utf-8" || told == "utf8";
  if (!may_be || !ledger::is_valid_utf8(text)) return std::nullopt;
  return text;
}

std::string to_gb18030(std::string_view utf8) {
  return std::get<std::string>(convert(utf8, "UTF-8", "GB18030"));
}

}  // namespace countersign::api
