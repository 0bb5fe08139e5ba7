// NDJSON sheets: rows of known columns, or a problem that is told in valid JSON.
#include "tests/fuzz/sheet_reading.h"

namespace countersign::fuzz {

void run(std::string_view input) { read_whole_sheet(api::SheetFormat::ndjson, input); }

}  // namespace countersign::fuzz
