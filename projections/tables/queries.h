// Current tables and every change that made them: rows, history of a cell, a row and a table,
// blame, as-of. The SQL schema stands in schema.h; each table edition is one typed SQL table.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"
#include "projections/page.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

struct CurrentRow {
  std::string key;
  ledger::Cells cells;
  ledger::LeafIndex etag = 0;  // entry of the row's last change
};

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
  std::string row;
  std::string column;
  ledger::Cell from;
  ledger::Cell to;
  bool row_added = false;
  bool row_removed = false;
};

struct RowFilter {
  std::string column;  // empty: all rows
  std::string equals;
};

class TableQueries {
 public:
  virtual ~TableQueries() = default;

  //   Errc::not_found   no such campaign or table
  virtual ledger::Result<Page<CurrentRow>> rows(const std::string& campaign,
                                                const std::string& table, const RowFilter& filter,
                                                const PageRequest& page) const = 0;
  virtual ledger::Result<CurrentRow> row(const std::string& campaign, const std::string& table,
                                         const std::string& key) const = 0;
  // The table as it was after entries 0 … size-1, by row key. Calls `visit` until it says false.
  // `size` none: as it is now. Streams; memory does not grow with the table.
  virtual ledger::Result<ledger::TreeSize> each_row(
      const std::string& campaign, const std::string& table, std::optional<ledger::TreeSize> size,
      const RowFilter& filter, const std::function<bool(const CurrentRow&)>& visit) const = 0;
  // Number of entries received up to and including `instant`: turns a time into a tree size.
  virtual ledger::Result<ledger::TreeSize> size_at(ledger::Timestamp instant) const = 0;

  // Newest first. `row` and `column` empty: of the whole table, or of all columns.
  virtual ledger::Result<Page<CellChange>> history(const std::string& campaign,
                                                   const std::string& table, const std::string& row,
                                                   const std::string& column,
                                                   const PageRequest& page) const = 0;
  // Entries of a campaign or table (any type), newest first; `table` empty: all tables.
  virtual ledger::Result<Page<Circumstances>> entries(const std::string& campaign,
                                                      const std::string& table,
                                                      const PageRequest& page) const = 0;
};

}  // namespace countersign::projections
