// A CSV sheet: its header, and its records in parts.
#include "api/wire/csv.h"
#include "api/wire/sheet.h"
#include "api/wire/sheet_reading.h"
#include "api/wire/spreadsheet_cell.h"

#include <algorithm>
#include <utility>

namespace countersign::api {

using ledger::CellProblem;
using ledger::Column;
using ledger::SheetCell;
using ledger::SheetSink;
using ledger::TableDefinition;

namespace {

// The header line; a sheet that was exported begins with its mark, which is passed over.
ledger::Result<bool> next_header(CsvReader& reader, std::vector<std::string_view>& header) {
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
    std::vector<std::string_view> header;
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
void drop_empty_end(std::vector<std::string_view>& record, std::size_t keep) {
  while (record.size() > keep && trimmed(record.back()).empty()) record.pop_back();
}

// The columns that the header line names, in its order.
std::vector<const Column*> columns_of(std::vector<std::string_view>& header, std::uint64_t line,
                                      const TableDefinition& table,
                                      ledger::RowsRejected& rejected) {
  drop_empty_end(header, 1);
  std::vector<const Column*> columns;
  const auto refuse = [&](std::size_t place, const char* en, const char* zh) {
    if (rejected.problems.size() < ledger::RowsRejected::kProblemsMax) {
      rejected.problems.push_back({line, {"#" + std::to_string(place), en, zh}});
    } else {
      rejected.more = true;
    }
  };
  for (std::size_t i = 0; i < header.size(); ++i) {
    const Column* column = column_named(table, header[i]);
    if (column == nullptr) {
      refuse(i + 1, "this header names no column of the table", "表头不是本表的任何一列");
    } else if (std::ranges::find(columns, column) != columns.end()) {
      refuse(i + 1, "this column stands twice in the header", "该列在表头中重复出现");
    }
    columns.push_back(column);
  }
  return columns;
}

// Cut behind line ends that end a record too: all do where nothing is quoted.
std::vector<SheetPart> parts_without_quotes(std::string_view text, std::uint64_t line) {
  std::vector<SheetPart> parts;
  while (!text.empty()) {
    std::size_t end = text.size() <= kSheetPartBytes ? std::string_view::npos
                                                     : text.find_first_of("\r\n", kSheetPartBytes);
    if (end != std::string_view::npos) end = text.find_first_not_of("\r\n", end);
    const std::string_view part = text.substr(0, end);
    parts.push_back({part, line});
    line += count_of(part, '\n');
    // A carriage return alone ends a line as well.
    for (auto at = part.find('\r'); at != std::string_view::npos; at = part.find('\r', at + 1)) {
      if (at + 1 >= part.size() || part[at + 1] != '\n') ++line;
    }
    text.remove_prefix(part.size());
  }
  return parts;
}

std::vector<SheetPart> parts_of(std::string_view text, char separator, std::uint64_t line) {
  if (text.find('"') == std::string_view::npos) return parts_without_quotes(text, line);
  std::vector<SheetPart> parts;
  CsvReader reader(text, separator, line);
  std::vector<std::string_view> record;
  std::size_t begin = 0;
  while (true) {
    const auto more = reader.next(record);
    const bool last = !more || !*more;  // what is malformed is told by who reads the part
    if (!last && reader.bytes_read() - begin < kSheetPartBytes) continue;
    const std::size_t end = last ? text.size() : reader.bytes_read();
    if (end > begin) parts.push_back({text.substr(begin, end - begin), line});
    if (last) return parts;
    begin = end;
    line = reader.next_line();
  }
}

class CsvSheet final : public ledger::SheetSource {
 public:
  CsvSheet(const TableDefinition& table, std::vector<const Column*> columns, char separator,
           std::vector<SheetPart> parts)
      : columns_(std::move(columns)),
        separator_(separator),
        patch_(columns_.size() < table.columns.size()),
        parts_(std::move(parts)) {
    for (const Column* column : columns_) keys_.push_back(column->key);
  }

  const std::vector<std::string>& columns() const override { return keys_; }
  std::size_t parts() const override { return parts_.size(); }

  bool read(std::size_t part, SheetSink& sink) const override {
    CsvReader reader(parts_[part].text, separator_, parts_[part].first_line);
    std::vector<std::string_view> record;
    std::vector<SheetCell> cells(columns_.size());
    std::vector<std::string> changed(columns_.size());
    while (true) {
      const auto more = reader.next(record);
      if (!more) {
        sink.problem(reader.line(), {"", more.error().detail, "CSV 格式有误"});
        return false;
      }
      if (!*more) return true;
      drop_empty_end(record, columns_.size());
      if (columns_.size() > 1 &&
          std::ranges::all_of(record, [](const auto& cell) { return cell.empty(); })) {
        continue;
      }
      if (record.size() != columns_.size()) {
        sink.problem(reader.line(), {"",
                                     "has " + std::to_string(record.size()) +
                                         " cells where the header has " +
                                         std::to_string(columns_.size()),
                                     "单元格数目与表头不符"});
        continue;
      }
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        SpreadsheetText cell = spreadsheet_text(*columns_[i], record[i], changed[i]);
        if (cell.problem) sink.problem(reader.line(), std::move(*cell.problem));
        cells[i] = {i, cell.text};
      }
      sink.row(reader.line(), patch_, cells);
    }
  }

 private:
  const std::vector<const Column*> columns_;
  const char separator_;
  const bool patch_;
  const std::vector<SheetPart> parts_;
  std::vector<std::string> keys_;
};

}  // namespace

OpenedSheet open_csv_sheet(std::string_view text, const TableDefinition& table) {
  if (auto problem = refuse_too_long(text, table)) return std::move(*problem);
  const char separator = separator_of(text, table);
  CsvReader reader(text, separator);
  std::vector<std::string_view> record;
  const auto any = next_header(reader, record);
  if (!any) return malformed_sheet(1, "", any.error().detail, "CSV 格式有误");
  if (!*any) {
    return malformed_sheet(1, "", "the sheet is empty; a header line is needed",
                           "表格为空，需要表头行");
  }
  ledger::RowsRejected rejected;
  auto columns = columns_of(record, reader.line(), table, rejected);
  if (!rejected.problems.empty()) return problem_of(rejected);
  auto parts = parts_of(text.substr(reader.bytes_read()), separator, reader.next_line());
  return std::make_shared<CsvSheet>(table, std::move(columns), separator, std::move(parts));
}

}  // namespace countersign::api
