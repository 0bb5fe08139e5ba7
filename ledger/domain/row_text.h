// Rows as the text of their items: what the views, which take millions of them, can afford. A cell
// is a piece of that text, and no map of cells is built.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/row.h"

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

struct CellText {
  std::string_view column;
  std::string_view value;  // empty when null
  bool null = false;
};

// The cells of one row at a time, from the text that encode_cells() gives. Reuses its room from row to
// row. Thread safety: none.
class CellTexts {
 public:
  // By column, in the order of canonical JSON; they live until the next call and as long as `text`.
  //   Errc::malformed   as decode_cells()
  Result<std::span<const CellText>> read(std::string_view text);

 private:
  std::vector<CellText> cells_;
  std::forward_list<std::string> kept_;
};

// A change of one row, as RowChange.
struct RowText {
  RowKey key;
  bool removed = false;
  std::uint32_t item = 0;  // its place in the payload
  std::string_view cells;  // canonical JSON, as encode_cells() gives
};

// The rows of one entry, in the order of its payload. Points into the items it was given, which
// have to outlive it. Thread safety: none.
class RowTexts {
 public:
  RowTexts() = default;
  // What the rows point into does not move with them.
  RowTexts(RowTexts&&) noexcept = default;
  RowTexts& operator=(RowTexts&&) noexcept = default;

  // So many rows will be added, each of about as many cells as the first.
  void expect(std::size_t rows);
  // Takes a row item in the form in which row_item() writes it; false: it is not one, and nothing
  // was taken. What it takes decode_row_item() reads alike.
  bool add(std::string_view item, std::uint32_t place);
  // Takes a row that was decoded, wherever it stands in the payload.
  void add(const RowChange& change);

  bool empty() const { return rows_.empty(); }
  std::size_t size() const { return rows_.size(); }
  std::span<const RowText> rows() const { return rows_; }
  // By column, in the order of canonical JSON. REQUIRES: row < size().
  std::span<const CellText> cells(std::size_t row) const {
    return std::span(cells_).subspan(extents_[row].first, extents_[row].count);
  }

 private:
  struct Extent {
    std::size_t first = 0;
    std::size_t count = 0;
  };

  std::string_view keep(std::string text);

  std::size_t expected_ = 0;
  std::vector<RowText> rows_;
  std::vector<Extent> extents_;  // of each row, in cells_
  std::vector<CellText> cells_;
  std::forward_list<std::string> kept_;  // texts that do not stand in an item as they are
};

}  // namespace countersign::ledger
