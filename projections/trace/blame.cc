// Blame: of each cell, the entry that gave it its value.
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"
#include "projections/trace/query.h"
#include "projections/trace/reading.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Result;

Result<Blame> StoredTrace::blame(const std::string& campaign, const std::string& table,
                                 std::optional<ledger::TreeSize> size,
                                 const PageRequest& request) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, campaign, table));
  Blame blame;
  RowPlace place{std::min(size.value_or(reading.as_of()), reading.as_of()), ""};
  if (!request.after.empty()) {
    CS_TRY(place, row_place(store, edition, request.after, reading.as_of()));
  }
  blame.page.as_of = place.size;
  const std::size_t limit = limit_of(request);
  std::uint64_t last_change = 0;
  CS_CHECK(walk_rows(store, edition, place.size, {}, place.after, Visitor::asks_store,
                     [&](const CurrentRow& row, std::uint64_t change) {
                       if (blame.page.rows.size() == limit) {
                         blame.page.next = row_cursor(place.size, last_change);
                         return false;
                       }
                       blame.page.rows.push_back({row.key, row.etag, row.cells, {}});
                       last_change = change;
                       return true;
                     }));
  const std::uint64_t bound = std::min(change_id(place.size, 0), kNewestChange);
  for (BlamedRow& row : blame.page.rows) {
    CS_TRY(row.blame, blame_cells(store, edition.id, row.key, bound, row.cells));
    for (const BlamedCell& cell : row.blame) {
      CS_CHECK(name_entry(store, cell.index, blame.entries));
    }
  }
  return blame;
}

}  // namespace countersign::projections
