#include "api/wire/spreadsheet_cell.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <regex>

namespace countersign::api {

using ledger::CellProblem;
using ledger::Column;
using ledger::ColumnType;

namespace {

// Spreadsheets count days from 30 December 1899. Five digits below the first, 29 June 1957, can
// also be a year and a month ("20209"); the last is 31 December 2099.
constexpr int kFirstDay = 21'000;
constexpr int kLastDay = 73'050;
constexpr std::chrono::sys_days kDayZero =
    std::chrono::year{1899} / std::chrono::December / std::chrono::day{30};

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}
bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

std::string_view without_space(std::string_view text) {
  static constexpr std::string_view kSpaces[] = {" ", "\t", "\u00A0", "\u3000"};
  const auto drop = [&](bool (*take)(std::string_view&, std::string_view)) {
    return std::any_of(std::begin(kSpaces), std::end(kSpaces),
                       [&](std::string_view space) { return take(text, space); });
  };
  while (drop(&take_prefix)) {
  }
  while (drop(&take_suffix)) {
  }
  return text;
}

// Full-width digits, points, signs and slashes (U+FF01 to U+FF5E) are ASCII ones set wider.
std::string narrow(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if (byte(i) == 0xEF && i + 2 < text.size() && (byte(i + 1) == 0xBC || byte(i + 1) == 0xBD)) {
      const unsigned low = (byte(i + 1) == 0xBC ? 0U : 64U) + (byte(i + 2) & 0x3FU);
      if (low >= 1 && low <= 94) {
        out += static_cast<char>(0x20 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string number_text(std::string text) {
  static const std::regex grouped(R"([-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?)");
  if (std::regex_match(text, grouped)) std::erase(text, ',');
  return text;
}

std::optional<std::chrono::year_month_day> day_number(const std::string& text) {
  int days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.size() != 5 || days < kFirstDay || days > kLastDay) return std::nullopt;
  return std::chrono::year_month_day(kDayZero + std::chrono::days(days));
}

std::string month_of(const std::chrono::year_month_day& day) {
  const auto month = static_cast<unsigned>(day.month());
  return std::to_string(static_cast<int>(day.year())) + (month < 10 ? "-0" : "-") +
         std::to_string(month);
}

std::string time_text(const Column& column, std::string text) {
  static const std::regex chinese(R"(([0-9]{4})年(([0-9]{1,2})月(1日)?)?)");
  static const std::regex first_day(R"(([0-9]{4})[-/.]([0-9]{1,2})[-/.]0?1( 0?0:00(:00)?)?)");
  std::smatch parts;
  if (std::regex_match(text, parts, chinese)) {
    return parts[3].matched ? parts[1].str() + "-" + parts[3].str() : parts[1].str();
  }
  if (column.type == ColumnType::month) {
    if (std::regex_match(text, parts, first_day)) return parts[1].str() + "-" + parts[2].str();
    if (const auto day = day_number(text)) return month_of(*day);
  }
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Most cells are as they should be, and a regular expression is slow to say so.
bool is_plain_number(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return is_digit(c) || c == '-' || c == '+' || c == '.'; });
}
bool is_plain_time(std::string_view text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return std::ranges::all_of(text.substr(from, count), is_digit);
  };
  return (text.size() == 4 && digits(0, 4)) ||
         (text.size() == 7 && text[4] == '-' && digits(0, 4) && digits(5, 2));
}

// [0-9](\.[0-9]+)?[Ee]\+[0-9]{2,3}
bool is_scientific(std::string_view text) {
  const auto take_digits = [&text] {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    text.remove_prefix(count);
    return count;
  };
  if (text.empty() || !is_digit(text.front())) return false;
  text.remove_prefix(1);
  if (take_prefix(text, ".") && take_digits() == 0) return false;
  if (!take_prefix(text, "E") && !take_prefix(text, "e")) return false;
  if (!take_prefix(text, "+")) return false;
  const std::size_t exponent = take_digits();
  return (exponent == 2 || exponent == 3) && text.empty();
}

}  // namespace

SpreadsheetText spreadsheet_text(const Column& column, std::string_view text,
                                 std::string& changed) {
  switch (column.type) {
    case ColumnType::integer:
    case ColumnType::decimal:
      if (is_plain_number(text)) return {text, std::nullopt};
      changed = number_text(narrow(without_space(text)));
      return {changed, std::nullopt};
    case ColumnType::month: {
      if (is_plain_time(text)) return {text, std::nullopt};
      changed = time_text(column, narrow(without_space(text)));
      const bool five_digits = changed.size() == 5 && std::ranges::all_of(changed, is_digit);
      if (!five_digits) return {changed, std::nullopt};
      return {{},
              CellProblem{column.key,
                          "can be a month or a date that has lost its format; write 2020-09",
                          "可能是年月，也可能是丢失格式的日期；请写作 2020-09"}};
    }
    case ColumnType::year:
      if (is_plain_time(text)) return {text, std::nullopt};
      changed = time_text(column, narrow(without_space(text)));
      return {changed, std::nullopt};
    case ColumnType::text:
    case ColumnType::long_text:
      break;
  }
  if (text.size() <= 32 && is_scientific(text)) {
    return {{},
            CellProblem{column.key,
                        "is a number in scientific notation and has lost digits; format the column "
                        "as text and enter it again",
                        "已变为科学记数法并丢失位数；请将该列设为文本格式后重新填写"}};
  }
  if (text.size() > 1 && text.front() == '\'') text.remove_prefix(1);
  return {text, std::nullopt};
}

SpreadsheetCell spreadsheet_cell(const Column& column, std::string_view text) {
  std::string changed;
  SpreadsheetText cell = spreadsheet_text(column, text, changed);
  return {std::string(cell.text), std::move(cell.problem)};
}

}  // namespace countersign::api
