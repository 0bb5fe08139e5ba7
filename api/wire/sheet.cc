#include "api/wire/sheet.h"

#include "api/wire/csv.h"
#include "api/wire/sheet_reading.h"
#include "ledger/domain/event_codec.h"

namespace countersign::api {

using ledger::Cells;
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
