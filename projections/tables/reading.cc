#include "projections/tables/reading.h"

#include "ledger/domain/event_codec.h"
#include "projections/cursor.h"
#include "projections/tables/schema.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::TreeSize;

namespace {

// Brings the wanted text into the form cells are recorded in.
Result<ledger::Cell> wanted_cell(const Edition& edition, const RowFilter& filter) {
  const std::string name = ", " + quoted_name(filter.column) + " ";
  const auto at = edition.columns.find(name);
  if (at == std::string::npos) {
    return Error{Errc::malformed, "the filter names no column of the table"};
  }
  const std::string_view type = std::string_view(edition.columns).substr(at + name.size());
  ledger::Column column;
  column.key = filter.column;
  if (type.starts_with("INTEGER")) column.type = ledger::ColumnType::integer;
  if (type.starts_with("NUMERIC")) column.type = ledger::ColumnType::decimal;
  return ledger::normalise_cell(column, filter.equals).cell;
}

}  // namespace

Result<Edition> find_edition(Database& store, const std::string& campaign,
                             const std::string& table) {
  auto query = store.query("SELECT id, columns FROM editions WHERE campaign = ? AND tbl = ?");
  CS_TRY(const bool found, query.bind(campaign, table).step());
  if (!found) return Error{Errc::not_found, "no table " + table + " in campaign " + campaign};
  return Edition{query.integer(0), query.string(1)};
}

std::size_t limit_of(const PageRequest& page) {
  return std::clamp<std::size_t>(page.limit, 1, PageRequest::kPageRowsMax);
}

Result<void> walk_texts(Database& store, const Edition& edition, TreeSize size,
                        std::string_view from,
                        const std::function<Result<bool>(const StoredRow&)>& visit) {
  // The index alone tells which change of each row was the last; only those are then looked at,
  // however often their rows were changed.
  auto query = store.query(
      "SELECT l.key, l.id, c.cells FROM (SELECT key, max(id) AS id FROM row_changes"
      " WHERE edition = ? AND id < ? AND key > ? GROUP BY key ORDER BY key) l"
      " CROSS JOIN row_changes c WHERE c.id = l.id AND c.removed = 0");
  query.bind(edition.id, std::min(change_id(size, 0), kNewestChange), from);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    CS_TRY(const bool more, visit({query.text(0), query.index(1), query.text(2)}));
    if (!more) return {};
  }
}

Result<void> walk_rows(Database& store, const Edition& edition, TreeSize size,
                       const RowFilter& filter, std::string_view from,
                       const std::function<bool(const CurrentRow&, std::uint64_t change)>& visit) {
  ledger::Cell wanted;
  if (!filter.column.empty()) {
    CS_TRY(wanted, wanted_cell(edition, filter));
  }
  return walk_texts(store, edition, size, from, [&](const StoredRow& stored) -> Result<bool> {
    CurrentRow row;
    CS_TRY(row.cells, ledger::decode_cells(stored.cells));
    if (!filter.column.empty()) {
      const auto cell = row.cells.find(filter.column);
      if ((cell == row.cells.end() ? ledger::Cell() : cell->second) != wanted) return true;
    }
    row.key = stored.key;
    row.etag = change_index(stored.change);
    return visit(row, stored.change);
  });
}

Result<RowPlace> row_place(Database& store, const Edition& edition, const std::string& cursor,
                           TreeSize as_of) {
  CS_TRY(const Cursor place, decode_cursor(cursor));
  if (place[0] > as_of) return Error{Errc::malformed, "cursor of another ledger"};
  auto last = store.query("SELECT key FROM row_changes WHERE id = ? AND edition = ?");
  CS_TRY(const bool known, last.bind(place[1], edition.id).step());
  if (!known) return Error{Errc::malformed, "cursor of another table"};
  return RowPlace{place[0], last.string(0)};
}

std::string row_cursor(TreeSize size, std::uint64_t change) {
  return encode_cursor({size, change});
}

}  // namespace countersign::projections
