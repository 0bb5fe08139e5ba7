// TableLayout: a table's columns made ready for writing many rows. The names stand in canonical
// order, quoted, so that the cells of a row are written in one pass and never become a JSON value.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// A cell in normal form; empty is null.
struct LaidCell {
  std::string_view text;
  bool named = false;  // whether the edit speaks of its column
};

// Thread safety: immutable.
class TableLayout {
 public:
  // `table` must outlive the layout.
  explicit TableLayout(const TableDefinition& table);

  const TableDefinition& table() const { return table_; }
  // Place of a column in the table by key or name; none: it has no such column.
  std::optional<std::size_t> place_of(std::string_view key_or_name) const;

  // Keys of the columns whose place is true, in byte order.
  std::vector<std::string> keys_of(const std::vector<bool>& places) const;
  // A column's key as it stands in canonical text, without its quotes.
  std::string_view name_of(std::size_t place) const;

  // In what follows cells[i] is of the table's column i.

  // encode_cells() of the row; columns that are not named are null.
  void append_cells(std::string& out, std::span<const LaidCell> cells) const;
  bool has_key_cells(std::span<const LaidCell> cells) const;
  // row_key_of(). REQUIRES: has_key_cells().
  std::string key_of(std::span<const LaidCell> cells) const;
  // check_row(), which needs no more than the cells.
  std::vector<CellProblem> problems_of(std::span<const LaidCell> cells) const;

 private:
  struct Member {
    std::size_t place = 0;
    std::string name;  // quoted, with its colon
  };

  const TableDefinition& table_;
  std::vector<Member> members_;  // in canonical order
  std::vector<std::size_t> member_of_;  // by place in the table
  std::vector<std::size_t> key_places_;
};

}  // namespace countersign::ledger
