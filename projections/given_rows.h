// Given rows: many rows written by one statement, which costs less than one statement a row where
// they come in the order of their keys. SQL reads them as a table:
//
//   INSERT INTO t (a, b) SELECT c0, c1 FROM _given
//
// Thread safety: as the Database.
#pragma once

#include "ledger/base/result.h"
#include "projections/view_store.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

class GivenRows {
 public:
  static constexpr std::size_t kColumnsMax = 250;

  // Makes `_given` known to the database, one at a time, until it is destroyed; statements that name
  // it end before.
  //   Errc::io
  static ledger::Result<std::unique_ptr<GivenRows>> on(Database& database);
  ~GivenRows();
  GivenRows(const GivenRows&) = delete;
  GivenRows& operator=(const GivenRows&) = delete;

  // "c0, c1, …"
  static std::string columns(std::size_t count);

  // No rows, of so many columns from now on. REQUIRES: 0 < columns <= kColumnsMax.
  void begin(std::size_t columns);
  // The next cell, row by row. Texts stay the caller's, unchanged until the statement has run.
  void integer(std::int64_t value) { cells_.push_back({Kind::integer, value, {}}); }
  void text(std::string_view value) { cells_.push_back({Kind::text, 0, value}); }
  // The next so many cells are null until they are set; the place of the first of them.
  std::size_t skip(std::size_t cells) {
    const std::size_t first = cells_.size();
    cells_.resize(first + cells);
    return first;
  }
  void integer_at(std::size_t cell, std::int64_t value) {
    cells_[cell] = {Kind::integer, value, {}};
  }
  void text_at(std::size_t cell, std::string_view value) { cells_[cell] = {Kind::text, 0, value}; }

 private:
  friend struct GivenRowsTable;
  enum class Kind : std::uint8_t { null, integer, text };
  struct Cell {
    Kind kind = Kind::null;
    std::int64_t integer = 0;
    std::string_view text;
  };

  explicit GivenRows(Database& database) : database_(database) {}

  Database& database_;
  std::size_t columns_ = 1;
  std::vector<Cell> cells_;
};

}  // namespace countersign::projections
