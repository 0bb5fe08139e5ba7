// NDJSON sheets: rows of known columns, or a problem that is told in valid JSON.
#include "api/wire/sheet.h"
#include "ledger/base/canonical_json.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/sheet_table.h"

#include <nlohmann/json.hpp>

namespace countersign::fuzz {

void run(std::string_view input) {
  static const auto kTable = sheet_table();
  auto read = api::read_sheet(api::SheetFormat::ndjson, input, kTable);
  if (const auto* problem = std::get_if<api::Problem>(&read)) {
    CS_ASSERT(problem->status >= 400 && problem->status < 500);
    CS_ASSERT(ledger::parse_json(api::render(*problem, {}).body));
    return;
  }
  for (const auto& row : std::get<0>(read)) {
    for (const auto& [name, cell] : row.cells) CS_ASSERT(kTable.column(name) != nullptr);
  }
}

}  // namespace countersign::fuzz
