#include "ledger/domain/row.h"

#include "ledger/base/utf8.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const auto first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::string without_leading_zeros(std::string_view digits) {
  const auto first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

// Empty: not a number of this form.
std::string normal_decimal(std::string_view text, bool fraction_allowed) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (!all_digits(whole) || (point != std::string_view::npos && !all_digits(fraction))) return {};
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  if (!fraction.empty() && !fraction_allowed) return {};
  std::string out = without_leading_zeros(whole);
  if (!fraction.empty()) out += "." + std::string(fraction);
  if (negative && out != "0") out.insert(0, "-");
  // Beyond this a spreadsheet's double no longer holds it.
  constexpr std::size_t kDigitsMax = 15;
  return out.size() > kDigitsMax + 2 ? std::string() : out;
}

// "2020-09" from 2020-09, 2020-9, 2020/9, 202009; empty otherwise.
std::string normal_month(std::string_view text) {
  if (text.size() < 5 || !all_digits(text.substr(0, 4))) return {};
  std::string_view month = text.substr(4);
  if (month[0] == '-' || month[0] == '/' || month[0] == '.') month.remove_prefix(1);
  if (!all_digits(month) || month.size() > 2) return {};
  const int number = month.size() == 1 ? month[0] - '0' : (month[0] - '0') * 10 + month[1] - '0';
  if (number < 1 || number > 12) return {};
  return std::string(text.substr(0, 4)) + (number < 10 ? "-0" : "-") + std::to_string(number);
}

NormalText problem(const Column& column, std::string en, std::string zh) {
  return {{}, CellProblem{column.key, std::move(en), std::move(zh)}};
}

}  // namespace

NormalText normalise_text(const Column& column, std::string_view text, std::string& changed) {
  if (!is_valid_utf8(text)) return problem(column, "is not valid UTF-8", "不是有效的 UTF-8 文本");
  text = trimmed(text);
  if (text.empty()) return {};
  if (text.find('\0') != std::string_view::npos) {
    return problem(column, "holds a null character", "含有空字符");
  }
  std::string_view value = text;
  switch (column.type) {
    case ColumnType::text:
    case ColumnType::long_text:
      // Characters are never more than bytes.
      if (column.max_characters > 0 && text.size() > column.max_characters &&
          count_characters(text) > column.max_characters) {
        return problem(column,
                       "is longer than " + std::to_string(column.max_characters) + " characters",
                       "超过 " + std::to_string(column.max_characters) + " 个字符");
      }
      break;
    case ColumnType::integer:
      changed = normal_decimal(text, false);
      if (changed.empty()) return problem(column, "is not a whole number", "不是整数");
      value = changed;
      break;
    case ColumnType::decimal:
      changed = normal_decimal(text, true);
      if (changed.empty()) return problem(column, "is not a number", "不是数字");
      value = changed;
      break;
    case ColumnType::year:
      if (text.size() != 4 || !all_digits(text)) {
        return problem(column, "is not a year of four digits", "不是四位年份");
      }
      break;
    case ColumnType::month:
      changed = normal_month(text);
      if (changed.empty())
        return problem(column, "is not a month such as 2020-09", "不是如 2020-09 的年月");
      value = changed;
      break;
  }
  if (!column.allowed.empty() &&
      std::find(column.allowed.begin(), column.allowed.end(), value) == column.allowed.end()) {
    return problem(column, "is not in the code list", "不在代码表内");
  }
  return {value, std::nullopt};
}

NormalCell normalise_cell(const Column& column, std::string_view text) {
  std::string changed;
  NormalText normal = normalise_text(column, text, changed);
  if (normal.problem) return {std::nullopt, std::move(normal.problem)};
  if (normal.value.empty()) return {};
  return {std::string(normal.value), std::nullopt};
}

std::vector<CellProblem> check_row(const TableDefinition& table, const Cells& cells) {
  std::vector<CellProblem> problems;
  for (const auto& [name, cell] : cells) {
    const bool known =
        std::any_of(table.columns.begin(), table.columns.end(),
                    [&key = name](const Column& column) { return column.key == key; });
    // The name of an unknown column is the caller's and may be anything.
    if (!known)
      problems.push_back({"", "a cell names no column of the table", "单元格所指的列不存在"});
  }
  for (const Column& column : table.columns) {
    const auto cell = cells.find(column.key);
    if (cell != cells.end() && cell->second) continue;
    if (auto problem = missing_cell(table, column)) problems.push_back(std::move(*problem));
  }
  return problems;
}

std::optional<CellProblem> missing_cell(const TableDefinition& table, const Column& column) {
  const bool key = std::find(table.key_columns.begin(), table.key_columns.end(), column.key) !=
                   table.key_columns.end();
  if (key) {
    return CellProblem{column.key, "is part of the row's key and required", "为主键列，必填"};
  }
  if (column.required) return CellProblem{column.key, "is required", "为必填项"};
  return std::nullopt;
}

RowKey row_key_of(const TableDefinition& table, const Cells& cells) {
  if (table.key_columns.empty()) return RowKey("1");
  std::string key;
  for (const std::string& column : table.key_columns) {
    if (!key.empty() || &column != &table.key_columns.front()) key += '|';
    for (char c : *cells.at(column)) {
      if (c == '|' || c == '\\') key += '\\';
      key += c;
    }
  }
  return RowKey(std::move(key));
}

}  // namespace countersign::ledger
