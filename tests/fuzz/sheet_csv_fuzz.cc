// CSV: records that were read can be written and read again; a sheet gives rows of known columns or
// a problem that is told in valid JSON.
#include "api/wire/csv.h"
#include "api/wire/sheet.h"
#include "ledger/base/canonical_json.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/sheet_table.h"

#include <nlohmann/json.hpp>

namespace countersign::fuzz {

namespace {

// nullopt: malformed.
std::optional<std::vector<std::vector<std::string>>> records_of(std::string_view text) {
  api::CsvReader reader(text);
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> record;
  std::uint64_t line = 0;
  while (true) {
    const auto more = reader.next(record);
    if (!more) return std::nullopt;
    if (!*more) return records;
    CS_ASSERT(reader.line() > line);
    line = reader.line();
    CS_ASSERT(!record.empty());
    records.push_back(record);
  }
}

}  // namespace

void run(std::string_view input) {
  if (const auto records = records_of(input)) {
    std::string text = "\xEF\xBB\xBF";
    for (const auto& record : *records) api::append_csv_record(text, record);
    const auto again = records_of(text);
    CS_ASSERT(again && *again == *records);
  }
  static const auto kTable = sheet_table();
  auto read = api::read_sheet(api::SheetFormat::csv, input, kTable);
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
