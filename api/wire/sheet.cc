#include "api/wire/sheet.h"

#include "api/wire/csv.h"
#include "api/wire/sheet_reading.h"
#include "ledger/base/canonical_json.h"

#include <algorithm>

namespace countersign::api {

using ledger::Cells;
using ledger::CellText;
using ledger::Column;
using ledger::TableDefinition;

std::variant<std::shared_ptr<const ledger::SheetSource>, Problem> open_sheet(
    SheetFormat format, std::string_view text, const TableDefinition& table) {
  return format == SheetFormat::csv ? open_csv_sheet(text, table) : open_ndjson_sheet(text, table);
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

SheetRows::SheetRows(std::string& out, SheetFormat format,
                     const std::vector<const Column*>& columns)
    : out_(out), format_(format), line_(columns.size()) {
  for (const Column* column : columns) fields_.push_back({column->key, fields_.size(), {}});
  std::sort(fields_.begin(), fields_.end(), [](const Field& a, const Field& b) {
    return ledger::canonical_less(a.key, b.key);
  });
  for (std::size_t i = 0; i < fields_.size() && format == SheetFormat::ndjson; ++i) {
    fields_[i].place = i;
    fields_[i].name = i == 0 ? "{" : ",";
    ledger::append_canonical_string(fields_[i].name, fields_[i].key);
    fields_[i].name += ':';
  }
}

void SheetRows::append(std::span<const CellText> cells) {
  // Both in one order, so that mostly the next cell is the next field's.
  auto cell = cells.begin();
  for (const Field& field : fields_) {
    if (cell == cells.end() || cell->column != field.key) {
      cell = std::find_if(cells.begin(), cells.end(),
                          [&](const CellText& one) { return one.column == field.key; });
    }
    line_[field.place] = cell == cells.end() || cell->null ? nullptr : &*cell;
    if (cell != cells.end()) ++cell;
  }
  if (format_ == SheetFormat::csv) {
    append_csv();
  } else {
    append_ndjson();
  }
}

void SheetRows::append(const Cells& cells) {
  cells_.clear();
  for (const auto& [column, cell] : cells) {
    cells_.push_back({column, cell ? std::string_view(*cell) : std::string_view(), !cell});
  }
  append(cells_);
}

void SheetRows::append_csv() {
  const std::size_t begin = out_.size();
  for (std::size_t i = 0; i < line_.size(); ++i) {
    if (i > 0) out_ += ',';
    if (line_[i] != nullptr) append_csv_field(out_, line_[i]->value);
  }
  end_csv_record(out_, begin);
}

void SheetRows::append_ndjson() {
  for (std::size_t i = 0; i < line_.size(); ++i) {
    out_ += fields_[i].name;
    if (line_[i] == nullptr) {
      out_ += "null";
    } else {
      ledger::append_canonical_string(out_, line_[i]->value);
    }
  }
  out_ += line_.empty() ? "{}\n" : "}\n";
}

}  // namespace countersign::api
