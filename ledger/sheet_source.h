// SheetSource: the rows of a sheet as they come, read where they are wanted instead of being kept:
// in parts, which several threads read at once, and once more when a command went stale.
#pragma once

#include "ledger/domain/row.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

struct SheetCell {
  std::size_t column = 0;  // place in SheetSource::columns()
  std::string_view text;   // as given; empty: null
};

// Takes what a part of a sheet holds. What the arguments point at is read before a call returns.
class SheetSink {
 public:
  virtual ~SheetSink() = default;
  // A row. `patch`: columns it does not name keep their cells; otherwise it is the whole row.
  virtual void row(std::uint64_t line, bool patch, std::span<const SheetCell> cells) = 0;
  // What cannot be read of the sheet; where there is such a thing, nothing else is told of it.
  virtual void problem(std::uint64_t line, CellProblem problem) = 0;
};

// Thread safety: immutable.
class SheetSource {
 public:
  virtual ~SheetSource() = default;
  // Keys of the columns that rows may name.
  virtual const std::vector<std::string>& columns() const = 0;
  virtual std::size_t parts() const = 0;
  // Tells the rows and problems of a part, in order. False: its last problem leaves everything
  // behind it unreadable, later parts too.
  virtual bool read(std::size_t part, SheetSink& sink) const = 0;
};

}  // namespace countersign::ledger
