// Trace: who changed what, when, from what to what, why, and under which review state. Every
// question about the past is one of these functions; each answer names the entries that prove it.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "ledger/domain/row.h"
#include "projections/page.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

// Who, when, on whose authority, under which review state: the circumstances of one entry.
struct Circumstances {
  ledger::LeafIndex index = 0;
  std::string type;
  std::string person;
  std::string person_name;  // personal; only for readers with a right to it
  std::string account;
  std::string role;
  std::string department;
  std::string on_behalf_of;  // empty: nobody
  ledger::Timestamp received_at;
  std::optional<ledger::Timestamp> claimed_at;
  std::uint32_t version = 0;  // of the table; 0: not about a version
  std::string review_state;   // of the task just before: "open", "filling", "submitted",
                              // "approved:<level id>", "returned"
  std::string reason;         // empty: none given
};

// One change of one cell. A removed row changes every cell to none.
struct CellChange {
  Circumstances by;
  std::uint32_t item = 0;  // position of the row item in the entry's payload
  std::string table;
  std::string row;
  std::string column;
  ledger::Cell from;
  ledger::Cell to;
  bool row_added = false;
  bool row_removed = false;
  // The whole row before and after; a reader's right to the change is judged by them. Shared by
  // the changes of one row in one entry.
  std::shared_ptr<const ledger::Cells> row_before;
  std::shared_ptr<const ledger::Cells> row_after;
};

// Which entries are meant; empty members do not narrow.
struct EntryFilter {
  std::string campaign;  // required
  std::string table;
  std::string person;      // who acted, or in whose place somebody acted
  std::string department;  // of the hat under which it was done
  std::string type;
  std::optional<ledger::Timestamp> from;   // received at or after
  std::optional<ledger::Timestamp> until;  // received before
};

struct ChangeFilter : EntryFilter {
  std::string row;  // needs a table
  std::string column;
  bool oldest_first = false;
};

// One entry as an act, with the rows it changed.
struct Act {
  Circumstances by;
  std::string table;  // empty: not about a table
  std::uint64_t rows = 0;
};

// Which entry gave a cell the value it has.
struct BlamedCell {
  std::string column;
  ledger::Cell value;
  ledger::LeafIndex index = 0;
};
struct BlamedRow {
  std::string key;
  ledger::LeafIndex etag = 0;
  ledger::Cells cells;
  std::vector<BlamedCell> blame;  // by column key
};
struct Blame {
  Page<BlamedRow> page;
  std::map<ledger::LeafIndex, Circumstances> entries;  // those that the page names
};

// A row that differs between two moments.
struct RowDifference {
  enum class Kind : std::uint8_t { added, changed, removed };
  struct Cell {
    std::string column;
    ledger::Cell from;
    ledger::Cell to;
    ledger::LeafIndex index = 0;  // the entry that gave it its later value
  };
  std::string key;
  Kind kind = Kind::changed;
  std::vector<Cell> cells;
  ledger::Cells before;  // empty when added
  ledger::Cells after;   // empty when removed
};
struct Difference {
  ledger::TreeSize from = 0;
  ledger::TreeSize to = 0;
  std::uint64_t added = 0;  // rows; over the whole table, not only this page
  std::uint64_t changed = 0;
  std::uint64_t removed = 0;
  std::uint64_t cells = 0;
  std::vector<RowDifference> rows;  // by row key
  std::string next;
  std::map<ledger::LeafIndex, Circumstances> entries;
};

// What "late" is measured from, one instant a table.
struct Milestone {
  enum class Kind : std::uint8_t {
    due,        // the due instant in force
    due_first,  // as assigned
    statement,  // the first statement of `level`: "submission" or an approval level
    instant,    // `at`, the same for all tables
  };
  Kind kind = Kind::due;
  std::string level;
  ledger::Timestamp at;
};
struct LateChange {
  Act act;
  ledger::Timestamp milestone;
  std::optional<ledger::LeafIndex> milestone_entry;  // the statement's
  ledger::Duration late;
};

class TraceQueries {
 public:
  virtual ~TraceQueries() = default;

  // Changes of cells, newest first unless asked otherwise.
  //   Errc::not_found   no such campaign or table
  virtual ledger::Result<Page<CellChange>> changes(const ChangeFilter& filter,
                                                   const PageRequest& page) const = 0;
  // Entries of any type, newest first.
  virtual ledger::Result<Page<Act>> acts(const EntryFilter& filter,
                                         const PageRequest& page) const = 0;
  // Of each cell of a table, by row key: the entry that gave it the value it had after `size`
  // entries (none: now). A later page belongs to the size of the first.
  virtual ledger::Result<Blame> blame(const std::string& campaign, const std::string& table,
                                      std::optional<ledger::TreeSize> size,
                                      const PageRequest& page) const = 0;
  // REQUIRES: from <= to.
  virtual ledger::Result<Difference> diff(const std::string& campaign, const std::string& table,
                                          ledger::TreeSize from, ledger::TreeSize to,
                                          const PageRequest& page) const = 0;
  // Row changes received after their table's milestone, newest first. Tables that have not
  // reached it have no late change.
  virtual ledger::Result<Page<LateChange>> late_changes(const EntryFilter& filter,
                                                        const Milestone& milestone,
                                                        const PageRequest& page) const = 0;

  // The tree size just after the newest statement ("submission", an approval level's id, or empty
  // for any approval) that `person` (empty: anybody) made about the table, or about its `version`
  // (0: any).
  //   Errc::not_found   there is none
  virtual ledger::Result<ledger::TreeSize> size_at_statement(const std::string& campaign,
                                                             const std::string& table,
                                                             const std::string& level,
                                                             const std::string& person,
                                                             std::uint32_t version) const = 0;
};

}  // namespace countersign::projections
