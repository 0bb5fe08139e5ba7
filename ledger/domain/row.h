// Rows as the domain sees them: cells by column key, in normal form, so that two equal rows have
// equal bytes. An absent value is a null cell.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/domain/campaign.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

using Cell = std::optional<std::string>;
using Cells = std::map<std::string, Cell>;  // column key -> value

// What is wrong with one cell; `problem` never repeats the value.
struct CellProblem {
  std::string column;
  std::string problem_en;
  std::string problem_zh;
};

// Brings `text` into the normal form of the column's type (integers without sign or zeros,
// decimals without trailing zeros, months as 2020-09, trimmed text), or says what is wrong.
// An empty text is a null cell.
struct NormalCell {
  Cell cell;
  std::optional<CellProblem> problem;
};
NormalCell normalise_cell(const Column& column, std::string_view text);

// The same without a copy: the value lies in `text`, or in `changed` where it had to be written
// anew. An empty value is a null cell.
struct NormalText {
  std::string_view value;
  std::optional<CellProblem> problem;
};
NormalText normalise_text(const Column& column, std::string_view text, std::string& changed);

// Problems of a whole row: unknown columns, missing required cells, key cells absent.
std::vector<CellProblem> check_row(const TableDefinition& table, const Cells& cells);
// What is wrong when this column of a row is null, if anything is.
std::optional<CellProblem> missing_cell(const TableDefinition& table, const Column& column);

// The row's key: its key cells joined by '|' ('|' and '\' escaped by '\'); "1" for a single row.
// REQUIRES: key cells present.
RowKey row_key_of(const TableDefinition& table, const Cells& cells);

// A change of one row as recorded in an item: the whole row after the change.
struct RowChange {
  TableKey table;
  RowKey key;
  bool removed = false;
  Cells cells;                    // empty when removed
  std::optional<LeafIndex> prev;  // entry of this row's previous change; none: first
  std::uint32_t item{};           // its place in the payload, once it is recorded
};

}  // namespace countersign::ledger
