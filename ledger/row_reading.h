// Reading wanted rows: from cells as given to cells in normal form, a key and canonical text. The
// first half of preparing row edits; it needs the table's definition and no stored row, so that
// parts of a sheet are read by several threads at once.
#pragma once

#include "ledger/domain/table_layout.h"
#include "ledger/sheet_source.h"
#include "ledger/verified_command.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace countersign::ledger {

// One wanted row.
struct WantedRow {
  enum class Fate : std::uint8_t {
    open,       // not compared yet
    wrong,      // has problems, or has the key of an earlier row
    forbidden,  // the account may not speak of it
    failed,     // its precondition does not hold
    damaged,    // what is stored of it cannot be read
    identical,
    planned
  };

  std::uint64_t line = 0;
  const RowEdit* edit = nullptr;  // its conditions; none: a row of a sheet
  std::string key;
  std::string cells;  // canonical text of the whole row; of a patch once it is compared
  // The cells it names, where that is asked: of patches, and when rights depend on it.
  std::unique_ptr<Cells> named;
  // `unreadable`: not even its key is known to be right, and it is compared with nothing.
  std::vector<CellProblem> problems;
  bool unreadable = false;
  bool patch = false;
  bool remove = false;
  Fate fate = Fate::open;
  std::uint32_t units = 0;  // RowsPart::units; 0: none
  bool existed = false;
  std::optional<LeafIndex> prev;  // the row's last change, removals too
};

// Consecutive rows of what is wanted.
struct RowsPart {
  std::vector<WantedRow> rows;
  // Of a sheet: what cannot be read. `broken`: nothing behind it can be.
  std::vector<RowProblem> unread;
  bool more_unread = false;
  bool broken = false;
  // The sets of "column=unit" that rows name, by which assisting departments' rows are told apart;
  // rows count them from 1.
  std::vector<std::vector<std::string>> units;
};

class RowReading {
 public:
  // `layout` and `edits` must outlive the reading. `keep_named`: rights depend on what rows name.
  RowReading(const TableLayout& layout, const RowEdits& edits, bool keep_named);

  // All parts of what the edits want. May use every core.
  std::vector<RowsPart> read() const;
  // What is wrong with a whole row; cells[i] is of the table's column i.
  std::vector<CellProblem> problems_of(std::span<const LaidCell> cells) const;
  static CellProblem no_such_column();
  static CellProblem other_key();
  // Adds "column=unit" for each cell of the row that says whose it is.
  void add_units(std::span<const LaidCell> cells, std::vector<std::string>& units) const;
  bool has_units() const { return !unit_places_.empty(); }

 private:
  class PartReader;

  const TableLayout& layout_;
  const RowEdits& edits_;
  const bool keep_named_;
  std::vector<std::size_t> unit_places_;  // of columns whose cell says whose row it is
};

}  // namespace countersign::ledger
