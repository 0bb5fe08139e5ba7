#include "projections/tables/query.h"

#include "ledger/domain/event_codec.h"
#include "projections/cursor.h"
#include "projections/tables/apply.h"
#include "projections/tables/schema.h"

#include <algorithm>
#include <limits>

namespace countersign::projections {

using ledger::Cells;
using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::TreeSize;

namespace {

constexpr std::uint64_t kNewest = std::numeric_limits<std::int64_t>::max();

struct Edition {
  std::int64_t id;
  std::string columns;  // as in the schema: `, "key" TYPE` each
};

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

// The table as it was after `size` entries, by row key, from the row after `from` on. Tells
// `visit` each row with the id of its change.
Result<void> walk_rows(Database& store, const Edition& edition, TreeSize size,
                       const RowFilter& filter, std::string_view from,
                       const std::function<bool(const CurrentRow&, std::uint64_t change)>& visit) {
  ledger::Cell wanted;
  if (!filter.column.empty()) {
    CS_TRY(wanted, wanted_cell(edition, filter));
  }
  auto query = store.query(
      "SELECT c.key, c.id, c.cells FROM row_changes c"
      " WHERE c.edition = ?1 AND c.id < ?2 AND c.key > ?3 AND c.removed = 0"
      " AND NOT EXISTS (SELECT 1 FROM row_changes n WHERE n.edition = c.edition"
      " AND n.key = c.key AND n.id > c.id AND n.id < ?2) ORDER BY c.key");
  query.bind(edition.id, std::min(change_id(size, 0), kNewest), from);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    CurrentRow row;
    CS_TRY(row.cells, ledger::decode_cells(query.text(2)));
    if (!filter.column.empty()) {
      const auto cell = row.cells.find(filter.column);
      if ((cell == row.cells.end() ? ledger::Cell() : cell->second) != wanted) continue;
    }
    row.key = query.string(0);
    row.etag = change_index(query.index(1));
    if (!visit(row, query.index(1))) return {};
  }
}

constexpr std::string_view kCircumstances =
    "e.idx, e.type, e.person, coalesce(p.name, ''), e.account, e.role, e.department,"
    " e.on_behalf_of, e.received_at, e.claimed_at, e.version, e.review_state, e.reason";

Circumstances read_circumstances(const Query& query, int first) {
  return {.index = query.index(first),
          .type = query.string(first + 1),
          .person = query.string(first + 2),
          .person_name = query.string(first + 3),
          .account = query.string(first + 4),
          .role = query.string(first + 5),
          .department = query.string(first + 6),
          .on_behalf_of = query.string(first + 7),
          .received_at = query.instant(first + 8),
          .claimed_at = query.maybe_instant(first + 9),
          .version = static_cast<std::uint32_t>(query.integer(first + 10)),
          .review_state = query.string(first + 11),
          .reason = query.string(first + 12)};
}

}  // namespace

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
    CS_TRY(const Cursor cursor, decode_cursor(page.after));
    if (cursor[0] > reading.as_of()) return Error{Errc::malformed, "cursor of another ledger"};
    result.as_of = cursor[0];
    auto last = store.query("SELECT key FROM row_changes WHERE id = ? AND edition = ?");
    CS_TRY(const bool known, last.bind(cursor[1], edition.id).step());
    if (!known) return Error{Errc::malformed, "cursor of another table"};
    from = last.string(0);
  }
  const std::size_t limit = limit_of(page);
  std::uint64_t last_change = 0;
  CS_CHECK(walk_rows(store, edition, result.as_of, filter, from,
                     [&](const CurrentRow& row, std::uint64_t change) {
                       if (result.rows.size() == limit) {
                         result.next = encode_cursor({result.as_of, last_change});
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
  CS_CHECK(walk_rows(reading.database(), edition, as_of, filter, "",
                     [&](const CurrentRow& row, std::uint64_t) { return visit(row); }));
  return as_of;
}

Result<TreeSize> StoredTables::size_at(ledger::Timestamp instant) const {
  CS_TRY(const auto reading, store_.read());
  auto query = reading.database().query(
      "SELECT idx FROM entries WHERE received_max > ? ORDER BY received_max, idx LIMIT 1");
  CS_TRY(const bool later, query.bind(instant).step());
  return later ? query.index(0) : reading.as_of();
}

Result<Page<CellChange>> StoredTables::history(const std::string& campaign,
                                               const std::string& table, const std::string& row,
                                               const std::string& column,
                                               const PageRequest& page) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, campaign, table));
  // The cursor names the first change not yet given: row change and ordinal of the cell in it.
  Cursor start{kNewest, 0};
  if (!page.after.empty()) {
    CS_TRY(start, decode_cursor(page.after));
  }
  auto query = store.query(std::string("SELECT c.id, c.key, c.removed, c.cells, ")
                               .append(kCircumstances)
                               .append(" FROM row_changes c JOIN entries e ON e.idx = c.id >> 24"
                                       " LEFT JOIN persons p ON p.id = e.person"
                                       " WHERE c.edition = ? AND c.id <= ?")
                               .append(row.empty() ? "" : " AND c.key = ?")
                               .append(" ORDER BY c.id DESC"));
  static_assert(kItemBits == 24);
  query.bind(edition.id, std::min(start[0], kNewest));
  if (!row.empty()) query.bind(row);

  Page<CellChange> result;
  result.as_of = reading.as_of();
  const std::size_t limit = limit_of(page);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return result;
    const std::uint64_t id = query.index(0);
    const bool removed = query.integer(2) != 0;
    Cells to;
    if (!removed) {
      CS_TRY(to, ledger::decode_cells(query.text(3)));
    }
    CS_TRY(auto from, cells_before(store, edition.id, query.text(1), id));
    const bool added = !from.has_value();
    if (added) from.emplace();
    const auto columns = changed_columns(*from, to);
    for (std::size_t i = id == start[0] ? start[1] : 0; i < columns.size(); ++i) {
      if (!column.empty() && columns[i] != column) continue;
      if (result.rows.size() == limit) {
        result.next = encode_cursor({id, i});
        return result;
      }
      const auto cell = [&](const Cells& cells) {
        const auto at = cells.find(columns[i]);
        return at == cells.end() ? ledger::Cell() : at->second;
      };
      result.rows.push_back({.by = read_circumstances(query, 4),
                             .item = change_item(id),
                             .row = query.string(1),
                             .column = columns[i],
                             .from = cell(*from),
                             .to = cell(to),
                             .row_added = added,
                             .row_removed = removed});
    }
  }
}

Result<Page<Circumstances>> StoredTables::entries(const std::string& campaign,
                                                  const std::string& table,
                                                  const PageRequest& page) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  if (!table.empty()) {
    CS_TRY(const Edition edition, find_edition(store, campaign, table));
    static_cast<void>(edition);
  }
  std::uint64_t from = kNewest;
  if (!page.after.empty()) {
    CS_TRY(const Cursor cursor, decode_cursor(page.after));
    from = std::min(cursor[0], kNewest);
  }
  auto query = store.query(std::string("SELECT ")
                               .append(kCircumstances)
                               .append(" FROM entries e LEFT JOIN persons p ON p.id = e.person"
                                       " WHERE e.campaign = ? AND e.idx <= ?")
                               .append(table.empty() ? "" : " AND e.tbl = ?")
                               .append(" ORDER BY e.idx DESC"));
  query.bind(campaign, from);
  if (!table.empty()) query.bind(table);
  Page<Circumstances> result;
  result.as_of = reading.as_of();
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return result;
    if (result.rows.size() == limit_of(page)) {
      result.next = encode_cursor({query.index(0), 0});
      return result;
    }
    result.rows.push_back(read_circumstances(query, 0));
  }
}

}  // namespace countersign::projections
