#include "projections/tables/query.h"

#include "ledger/domain/event_codec.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::TreeSize;

Result<Page<CurrentRow>> StoredTables::rows(const std::string& campaign, const std::string& table,
                                            const RowFilter& filter,
                                            const PageRequest& page) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, campaign, table));
  Page<CurrentRow> result;
  result.as_of = reading.as_of();
  std::string from;
  if (!page.after.empty()) {
    // Later pages show the tree size of the first, so that together they are one table.
    CS_TRY(RowPlace place, row_place(store, edition, page.after, reading.as_of()));
    result.as_of = place.size;
    from = std::move(place.after);
  }
  const std::size_t limit = limit_of(page);
  std::uint64_t last_change = 0;
  CS_CHECK(walk_rows(store, edition, result.as_of, filter, from, Visitor::asks_store,
                     [&](const CurrentRow& row, std::uint64_t change) {
                       if (result.rows.size() == limit) {
                         result.next = row_cursor(result.as_of, last_change);
                         return false;
                       }
                       result.rows.push_back(row);
                       last_change = change;
                       return true;
                     }));
  return result;
}

Result<CurrentRow> StoredTables::row(const std::string& campaign, const std::string& table,
                                     const std::string& key) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, campaign, table));
  auto query = store.query(
      "SELECT id, removed, cells FROM row_changes WHERE edition = ? AND key = ?"
      " ORDER BY id DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(edition.id, key).step());
  if (!found || query.integer(1) != 0) return Error{Errc::not_found, "no such row"};
  CS_TRY(auto cells, ledger::decode_cells(query.text(2)));
  return CurrentRow{key, std::move(cells), change_index(query.index(0))};
}

Result<TreeSize> StoredTables::each_row(const std::string& campaign, const std::string& table,
                                        std::optional<TreeSize> size, const RowFilter& filter,
                                        const std::function<bool(const CurrentRow&)>& visit) const {
  CS_TRY(const auto reading, store_.read());
  CS_TRY(const Edition edition, find_edition(reading.database(), campaign, table));
  const TreeSize as_of = std::min(size.value_or(reading.as_of()), reading.as_of());
  // Only this function holds the connection, so what visits cannot ask it.
  CS_CHECK(walk_rows(reading.database(), edition, as_of, filter, "", Visitor::leaves_store,
                     [&](const CurrentRow& row, std::uint64_t) { return visit(row); }));
  return as_of;
}

Result<TreeSize> StoredTables::each_row_text(
    const std::string& campaign, const std::string& table, std::optional<TreeSize> size,
    const std::function<bool(const CurrentRowText&)>& visit) const {
  CS_TRY(const auto reading, store_.read());
  CS_TRY(const Edition edition, find_edition(reading.database(), campaign, table));
  const TreeSize as_of = std::min(size.value_or(reading.as_of()), reading.as_of());
  CS_TRY(const auto beside, reading.beside());
  ledger::CellTexts cells;
  CS_CHECK(walk_texts(
      reading.database(), edition, as_of, "", Visitor::leaves_store,
      [&](const StoredRow& row) -> Result<bool> {
        CS_TRY(const auto read, cells.read(row.cells));
        return visit({row.key, read, change_index(row.change)});
      },
      beside ? &beside->database() : nullptr));
  return as_of;
}

Result<TreeSize> StoredTables::size_at(ledger::Timestamp instant) const {
  CS_TRY(const auto reading, store_.read());
  auto latest = reading.database().query("SELECT received_at + behind FROM entries WHERE idx = ?");
  // The first entry by which something was received later, between these.
  TreeSize low = 0;
  TreeSize high = reading.as_of();
  while (low < high) {
    const TreeSize middle = low + (high - low) / 2;
    latest.restart();
    CS_TRY(const bool known, latest.bind(middle).step());
    if (!known) return Error{Errc::corrupt, "view store: an entry is missing"};
    if (latest.instant(0) > instant) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace countersign::projections
