// Sheets: whole tables as CSV or NDJSON, in and out. What comes in is read in parts, on every core.
#pragma once

#include "api/http/problem.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/row_text.h"
#include "ledger/sheet_source.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::api {

// What the first line of an exported sheet about persons begins with; in NDJSON the member's name.
// Reading passes over such a line.
inline constexpr std::string_view kWatermark = "#countersign";

enum class SheetFormat : std::uint8_t { csv, ndjson };

// A sheet to be read (ledger/sheet_source.h). The first CSV line names the columns, in any order, by
// key, Chinese or English name, or platform code; NDJSON objects likewise. A column that is not
// named stays out of the rows, which makes them patches of just the named columns.
// Only the header is read here: a sheet of more rows than are taken at once is refused, and so is a
// header that is not recognised, by its place, since a sheet without header would have data there.
// Problems name line and column, never a value. `text` and `table` must outlive the sheet.
std::variant<std::shared_ptr<const ledger::SheetSource>, Problem> open_sheet(
    SheetFormat format, std::string_view text, const ledger::TableDefinition& table);

// The header line of a CSV sheet: keys, or names in a language.
enum class SheetHeader : std::uint8_t { keys, zh, en };
void append_sheet_header(std::string& out, const std::vector<const ledger::Column*>& columns,
                         SheetHeader header);

// Writes the rows of a sheet of these columns, a line each. Cells of other columns are left out, and
// a column that a row does not name is empty there. `out` and the columns must outlive it.
class SheetRows {
 public:
  SheetRows(std::string& out, SheetFormat format,
            const std::vector<const ledger::Column*>& columns);
  void append(std::span<const ledger::CellText> cells);
  void append(const ledger::Cells& cells);

 private:
  struct Field {
    std::string_view key;
    std::size_t place = 0;  // in line_
    std::string name;       // NDJSON: the member's name with what stands around it
  };
  void append_csv();
  void append_ndjson();

  std::string& out_;
  const SheetFormat format_;
  std::vector<Field> fields_;                  // in the order in which rows name their cells
  std::vector<const ledger::CellText*> line_;  // CSV: as the columns; NDJSON: as fields_
  std::vector<ledger::CellText> cells_;
};

}  // namespace countersign::api
