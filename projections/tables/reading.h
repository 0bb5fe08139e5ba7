// Reading the recorded changes of a table edition: shared by the table and trace queries.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/row.h"
#include "projections/page.h"
#include "projections/tables/queries.h"
#include "projections/view_store.h"

#include <functional>
#include <limits>
#include <string>
#include <string_view>

namespace countersign::projections {

inline constexpr std::uint64_t kNewestChange = std::numeric_limits<std::int64_t>::max();

struct Edition {
  std::int64_t id;
  std::string columns;  // as in the schema: `, "key" TYPE` each
};

//   Errc::not_found   no such campaign or table
ledger::Result<Edition> find_edition(Database& store, const std::string& campaign,
                                     const std::string& table);

std::size_t limit_of(const PageRequest& page);

// A row where it stands in the store; lives until the visit ends.
struct StoredRow {
  std::string_view key;
  std::uint64_t change = 0;
  std::string_view cells;  // canonical JSON
};

// Whether what visits a table's rows asks the store, by the connection that the rows come from.
enum class Visitor : std::uint8_t {
  asks_store,    // it may; all is done on the caller's thread
  leaves_store,  // it never does: of a table of many rows the next ones are looked up meanwhile, on
                 // a thread that ends before the call does
};

// The table as it was after `size` entries, by row key, from the row after `from` on, until `visit`
// says false; it is called on the caller's thread. Rows are looked up some ahead, so it changes
// none. At most two blocks of rows are held at a time. `beside`: another connection to the store,
// of the same moment or a later one, that nobody else uses; it looks up half of them.
//   Errc::corrupt   a row's last change is missing; rows before it may have been visited
ledger::Result<void> walk_texts(
    Database& store, const Edition& edition, ledger::TreeSize size, std::string_view from,
    Visitor visitor, const std::function<ledger::Result<bool>(const StoredRow&)>& visit,
    Database* beside = nullptr);

// The table as it was after `size` entries, by row key, from the row after `from` on. Tells
// `visit` each row with the id of its change, until it says false; otherwise as walk_texts().
//   Errc::malformed   the filter names no column, or a row's cells cannot be read
ledger::Result<void> walk_rows(
    Database& store, const Edition& edition, ledger::TreeSize size, const RowFilter& filter,
    std::string_view from, Visitor visitor,
    const std::function<bool(const CurrentRow&, std::uint64_t change)>& visit);

// A place in a table's rows at a tree size. Cursors hold no row key, which may be personal, but
// the change that the row came from.
struct RowPlace {
  ledger::TreeSize size = 0;
  std::string after;  // row key; empty: the start
};
//   Errc::malformed   not a cursor of this table
ledger::Result<RowPlace> row_place(Database& store, const Edition& edition,
                                   const std::string& cursor, ledger::TreeSize as_of);
std::string row_cursor(ledger::TreeSize size, std::uint64_t change);

}  // namespace countersign::projections
