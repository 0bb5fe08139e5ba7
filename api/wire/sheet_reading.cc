#include "api/wire/sheet_reading.h"

#include <algorithm>
#include <utility>

namespace countersign::api {

using ledger::CellProblem;
using ledger::Column;
using ledger::RowsRejected;
using ledger::TableDefinition;

namespace {

// What is kept in memory while a sheet is compared: a row as much as eight cells, and a cell for
// every column of the table. Enough for 50,000 rows of 30 columns.
constexpr std::size_t kCellsMax = 2'000'000;
constexpr std::size_t kCellsOfRow = 8;

}  // namespace

Problem malformed_sheet(std::uint64_t line, std::string column, std::string en, std::string zh) {
  RowsRejected rejected;
  rejected.problems.push_back({line, CellProblem{std::move(column), std::move(en), std::move(zh)}});
  return problem_of(rejected);
}

std::optional<Problem> refuse_too_long(std::string_view text, const TableDefinition& table) {
  const std::size_t lines = std::max(count_of(text, '\n'), count_of(text, '\r'));
  if (lines * (kCellsOfRow + table.columns.size()) <= kCellsMax) return std::nullopt;
  return malformed_sheet(0, "", "the sheet has too many rows; send it in parts",
                         "表格行数过多，请分批提交");
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

const Column* column_named(const TableDefinition& table, std::string_view header) {
  header = trimmed(header);
  if (header.empty()) return nullptr;  // not the column without a platform code
  if (const Column* column = table.column(header)) return column;
  for (const auto& [open, close] : {std::pair<std::string_view, std::string_view>{"(", ")"},
                                    std::pair<std::string_view, std::string_view>{"（", "）"}}) {
    const auto at = header.rfind(open);
    if (at == std::string_view::npos || !header.ends_with(close)) continue;
    const auto inside =
        header.substr(at + open.size(), header.size() - at - open.size() - close.size());
    const Column* column = table.column(trimmed(inside));
    if (column != nullptr && column == table.column(trimmed(header.substr(0, at)))) return column;
  }
  return nullptr;
}

std::size_t count_of(std::string_view text, char c) {
  // Line ends are far apart, and find() looks at many bytes at once.
  std::size_t count = 0;
  for (auto at = text.find(c); at != std::string_view::npos; at = text.find(c, at + 1)) ++count;
  return count;
}

}  // namespace countersign::api
