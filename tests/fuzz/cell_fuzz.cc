// Cells: the normal form of a value is its own normal form, for every type of column; and cells as
// stored text.
#include "ledger/domain/event_codec.h"
#include "ledger/domain/row.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  using ledger::ColumnType;
  for (const ColumnType type : {ColumnType::text, ColumnType::long_text, ColumnType::integer,
                                ColumnType::decimal, ColumnType::year, ColumnType::month}) {
    ledger::Column column;
    column.key = "c";
    column.type = type;
    column.max_characters = 40;
    const auto normal = ledger::normalise_cell(column, input);
    if (normal.problem || !normal.cell) continue;
    const auto again = ledger::normalise_cell(column, *normal.cell);
    CS_ASSERT(!again.problem && again.cell == normal.cell);
  }
  if (const auto cells = ledger::decode_cells(input)) {
    const std::string text = ledger::encode_cells(*cells);
    const auto again = ledger::decode_cells(text);
    CS_ASSERT(again && *again == *cells);
  }
}

}  // namespace countersign::fuzz
