#include "api/wire/html.h"

namespace countersign::api {

namespace {

constexpr std::string_view kReplaced = "\xEF\xBF\xBD";  // U+FFFD

// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069: after them a text may be shown in another
// order than it is stored in.
bool turns_direction(std::string_view three) {
  if (three.size() < 3 || three[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(three[1]);
  const auto third = static_cast<unsigned char>(three[2]);
  if (second == 0x80) return third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE);
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == '\x7f') {
      out += kReplaced;
    } else if (turns_direction(text.substr(i, 3))) {
      out += kReplaced;
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

HtmlTable::HtmlTable(const std::vector<std::string>& headings) : text_("<table><thead><tr>") {
  for (const std::string& heading : headings) text_ += "<th>" + heading + "</th>";
  text_ += "</tr></thead><tbody>\n";
}

void HtmlTable::add(const std::vector<std::string>& cells) {
  ++rows_;
  text_ += "<tr>";
  for (const std::string& cell : cells) text_ += "<td>" + cell + "</td>";
  text_ += "</tr>\n";
}

}  // namespace countersign::api
