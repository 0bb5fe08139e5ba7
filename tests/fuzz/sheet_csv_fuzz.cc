// CSV: records that were read can be written and read again; a sheet gives rows of known columns or
// a problem that is told in valid JSON.
#include "api/wire/csv.h"
#include "tests/fuzz/sheet_reading.h"

#include <optional>

namespace countersign::fuzz {

namespace {

// nullopt: malformed.
std::optional<std::vector<std::vector<std::string>>> records_of(std::string_view text) {
  api::CsvReader reader(text);
  std::vector<std::vector<std::string>> records;
  std::vector<std::string_view> record;
  std::uint64_t line = 0;
  while (true) {
    const auto more = reader.next(record);
    if (!more) return std::nullopt;
    if (!*more) return records;
    CS_ASSERT(reader.line() > line);
    line = reader.line();
    CS_ASSERT(!record.empty());
    records.emplace_back(record.begin(), record.end());
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
  read_whole_sheet(api::SheetFormat::csv, input);
}

}  // namespace countersign::fuzz
