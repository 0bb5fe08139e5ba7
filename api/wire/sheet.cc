#include "api/wire/sheet.h"

#include "api/wire/body.h"
#include "api/wire/csv.h"
#include "api/wire/spreadsheet_cell.h"
#include "ledger/base/canonical_json.h"
#include "ledger/domain/event_codec.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::CellProblem;
using ledger::Cells;
using ledger::Column;
using ledger::RowEdit;
using ledger::RowsRejected;
using ledger::TableDefinition;

namespace {

Problem malformed_sheet(std::uint64_t line, std::string column, std::string en, std::string zh) {
  RowsRejected rejected;
  rejected.problems.push_back({line, CellProblem{std::move(column), std::move(en), std::move(zh)}});
  return problem_of(rejected);
}

// What is kept in memory while a sheet is compared: a row as much as eight cells, and a cell for
// every column of the table. Enough for 50,000 rows of 30 columns.
constexpr std::size_t kCellsMax = 2'000'000;
constexpr std::size_t kCellsOfRow = 8;

bool is_too_long(std::string_view text, const TableDefinition& table) {
  const auto lines = std::max(std::ranges::count(text, '\n'), std::ranges::count(text, '\r'));
  return static_cast<std::size_t>(lines) * (kCellsOfRow + table.columns.size()) > kCellsMax;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_patch(const TableDefinition& table, std::size_t columns_named) {
  return columns_named < table.columns.size();
}

// By key, Chinese or English name or platform code; also "中文名(key)", as some templates have it.
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

// The header line; a sheet that was exported begins with its mark, which is passed over.
ledger::Result<bool> next_header(CsvReader& reader, std::vector<std::string>& header) {
  CS_TRY(const bool any, reader.next(header));
  const bool mark = any && !header.empty() && header.front().starts_with(kWatermark);
  return mark ? reader.next(header) : any;
}

// The separator under which the header line names most columns.
char separator_of(std::string_view text, const TableDefinition& table) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char separator : {',', ';', '\t'}) {
    CsvReader reader(text, separator);
    std::vector<std::string> header;
    const auto read = next_header(reader, header);
    if (!read || !*read) continue;
    const auto named = std::ranges::count_if(
        header, [&](const auto& one) { return column_named(table, one) != nullptr; });
    if (named > most) {
      most = named;
      best = separator;
    }
  }
  return best;
}

// Spreadsheets leave empty columns behind on the right.
void drop_empty_end(std::vector<std::string>& record, std::size_t keep) {
  while (record.size() > keep && trimmed(record.back()).empty()) record.pop_back();
}

// What is wrong with a sheet, as many places as a person can mend at once.
class SheetProblems {
 public:
  void add(std::uint64_t line, CellProblem problem) {
    if (rejected_.problems.size() < RowsRejected::kProblemsMax) {
      rejected_.problems.push_back({line, std::move(problem)});
    } else {
      rejected_.more = true;
    }
  }
  bool any() const { return !rejected_.problems.empty(); }
  Problem problem() const { return problem_of(rejected_); }

 private:
  RowsRejected rejected_;
};

// The columns that the header line names, in its order.
std::vector<const Column*> columns_of(std::vector<std::string>& header, std::uint64_t line,
                                      const TableDefinition& table, SheetProblems& problems) {
  drop_empty_end(header, 1);
  std::vector<const Column*> columns;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string place = "#" + std::to_string(i + 1);
    const Column* column = column_named(table, header[i]);
    if (column == nullptr) {
      problems.add(line,
                   {place, "this header names no column of the table", "表头不是本表的任何一列"});
    } else if (std::ranges::find(columns, column) != columns.end()) {
      problems.add(line, {place, "this column stands twice in the header", "该列在表头中重复出现"});
    }
    columns.push_back(column);
  }
  return columns;
}

std::variant<std::vector<RowEdit>, Problem> read_csv(std::string_view text,
                                                     const TableDefinition& table) {
  CsvReader reader(text, separator_of(text, table));
  std::vector<std::string> record;
  auto more = next_header(reader, record);
  if (!more) return malformed_sheet(1, "", more.error().detail, "CSV 格式有误");
  if (!*more)
    return malformed_sheet(1, "", "the sheet is empty; a header line is needed",
                           "表格为空，需要表头行");
  SheetProblems problems;
  const auto columns = columns_of(record, reader.line(), table, problems);
  if (problems.any()) return problems.problem();

  std::vector<RowEdit> rows;
  while (true) {
    more = reader.next(record);
    if (!more) {
      problems.add(reader.line(), {"", more.error().detail, "CSV 格式有误"});
      return problems.problem();
    }
    if (!*more) break;
    drop_empty_end(record, columns.size());
    const bool blank = std::ranges::all_of(record, [](const auto& cell) { return cell.empty(); });
    if (blank && columns.size() > 1) continue;
    if (record.size() != columns.size()) {
      problems.add(reader.line(),
                   {"",
                    "has " + std::to_string(record.size()) + " cells where the header has " +
                        std::to_string(columns.size()),
                    "单元格数目与表头不符"});
      continue;
    }
    RowEdit edit;
    edit.line = reader.line();
    edit.patch = is_patch(table, columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      SpreadsheetCell cell = spreadsheet_cell(*columns[i], record[i]);
      if (cell.problem) problems.add(reader.line(), std::move(*cell.problem));
      edit.cells.emplace(columns[i]->key, std::move(cell.text));
    }
    rows.push_back(std::move(edit));
  }
  if (problems.any()) return problems.problem();
  return rows;
}

std::variant<std::vector<RowEdit>, Problem> read_ndjson(std::string_view text,
                                                        const TableDefinition& table) {
  std::vector<RowEdit> rows;
  std::uint64_t line = 0;
  while (!text.empty()) {
    ++line;
    const std::size_t end = text.find('\n');
    const std::string_view record = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (record.empty() || record == "\r") continue;
    auto parsed = ledger::parse_json(record);
    if (!parsed) return malformed_sheet(line, "", "is not a JSON object", "不是 JSON 对象");
    if (line == 1 && parsed->is_object() && parsed->contains(kWatermark)) continue;
    auto cells = cells_of(*parsed);
    if (!cells) {
      return malformed_sheet(line, "", "must be an object of texts, numbers and nulls",
                             "必须是由文本、数字或 null 组成的对象");
    }
    RowEdit edit;
    edit.line = line;
    edit.patch = is_patch(table, cells->size());
    std::size_t place = 0;
    for (auto& [name, cell] : *cells) {
      ++place;
      const Column* column = column_named(table, name);
      if (column == nullptr) {
        return malformed_sheet(line, "#" + std::to_string(place),
                               "a member names no column of the table", "成员名不是本表的任何一列");
      }
      edit.cells.emplace(column->key, std::move(cell));
    }
    rows.push_back(std::move(edit));
  }
  return rows;
}

}  // namespace

std::variant<std::vector<RowEdit>, Problem> read_sheet(SheetFormat format, std::string_view text,
                                                       const TableDefinition& table) {
  if (is_too_long(text, table)) {
    return malformed_sheet(0, "", "the sheet has too many rows; send it in parts",
                           "表格行数过多，请分批提交");
  }
  return format == SheetFormat::csv ? read_csv(text, table) : read_ndjson(text, table);
}

void append_sheet_header(std::string& out, const std::vector<const Column*>& columns,
                         SheetHeader header) {
  std::vector<std::string> cells;
  for (const Column* column : columns) {
    cells.push_back(header == SheetHeader::keys ? column->key
                    : header == SheetHeader::zh ? column->name.zh
                                                : column->name.en);
  }
  append_csv_record(out, cells);
}

void append_sheet_row(std::string& out, SheetFormat format,
                      const std::vector<const Column*>& columns, const Cells& cells) {
  if (format == SheetFormat::ndjson) {
    Cells shown;
    for (const Column* column : columns) {
      auto found = cells.find(column->key);
      shown.emplace(column->key, found == cells.end() ? std::nullopt : found->second);
    }
    out += ledger::encode_cells(shown);
    out += '\n';
    return;
  }
  std::vector<std::string> record;
  for (const Column* column : columns) {
    auto found = cells.find(column->key);
    record.push_back(found == cells.end() ? std::string() : found->second.value_or(""));
  }
  append_csv_record(out, record);
}

}  // namespace countersign::api
