// Changes of cells, and entries as acts.
#include "ledger/domain/event_codec.h"
#include "projections/cursor.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"
#include "projections/trace/query.h"
#include "projections/trace/reading.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Cells;
using ledger::Result;

namespace {

constexpr std::string_view kRowsChanged = "rows.changed";

// Fills a page with the changed cells of one row change after another.
class PageOfChanges {
 public:
  // `start` names the first cell not given yet: row change and ordinal of the cell in it.
  PageOfChanges(Database& store, const ChangeFilter& filter, std::size_t limit, Cursor start)
      : store_(store), filter_(filter), limit_(limit), start_(start) {}

  struct RowChange {
    std::uint64_t id;
    std::int64_t edition;
    std::string table;
    std::string key;
    bool removed;
    std::string cells;
  };

  // False: the page is full and says where the next one begins.
  Result<bool> add(const RowChange& change, const Circumstances& by, Page<CellChange>& page) {
    auto after = std::make_shared<Cells>();
    if (!change.removed) {
      CS_TRY(*after, ledger::decode_cells(change.cells));
    }
    CS_TRY(auto earlier, cells_before(store_, change.edition, change.key, change.id));
    const bool added = !earlier.has_value();
    const auto before = std::make_shared<const Cells>(added ? Cells() : std::move(*earlier));
    const auto columns = changed_columns(*before, *after);
    for (std::size_t i = change.id == start_[0] ? start_[1] : 0; i < columns.size(); ++i) {
      if (!filter_.column.empty() && columns[i] != filter_.column) continue;
      if (page.rows.size() == limit_) {
        page.next = encode_cursor({change.id, i});
        return false;
      }
      const auto cell = [&](const Cells& cells) {
        const auto at = cells.find(columns[i]);
        return at == cells.end() ? ledger::Cell() : at->second;
      };
      page.rows.push_back({.by = by,
                           .item = change_item(change.id),
                           .table = change.table,
                           .row = change.key,
                           .column = columns[i],
                           .from = cell(*before),
                           .to = cell(*after),
                           .row_added = added,
                           .row_removed = change.removed,
                           .row_before = before,
                           .row_after = after});
    }
    return true;
  }

 private:
  Database& store_;
  const ChangeFilter& filter_;
  const std::size_t limit_;
  const Cursor start_;
};

bool meant(const EntryFilter& filter, const Circumstances& by) {
  return (filter.person.empty() || by.person == filter.person ||
          by.on_behalf_of == filter.person) &&
         (filter.department.empty() || by.department == filter.department) &&
         (!filter.from || by.received_at >= *filter.from) &&
         (!filter.until || by.received_at < *filter.until);
}

// The changes of one row, by the index over rows.
Result<void> changes_of_row(Database& store, const ChangeFilter& filter, const Edition& edition,
                            std::uint64_t start, PageOfChanges& out, Page<CellChange>& page) {
  auto query = store.query(
      std::string("SELECT id, removed, cells FROM row_changes WHERE edition = ? AND key = ?")
          .append(filter.oldest_first ? " AND id >= ? ORDER BY id"
                                      : " AND id <= ?"
                                        " ORDER BY id DESC"));
  query.bind(edition.id, filter.row, start);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    const std::uint64_t id = query.index(0);
    CS_TRY(const Circumstances by, circumstances_of(store, change_index(id)));
    if (!meant(filter, by)) continue;
    const PageOfChanges::RowChange change{
        id, edition.id, filter.table, filter.row, query.integer(1) != 0, query.string(2)};
    CS_TRY(const bool more, out.add(change, by, page));
    if (!more) return {};
  }
}

// The changes of all rows that the filter means, entry by entry.
Result<void> changes_by_entry(Database& store, const ChangeFilter& filter, std::uint64_t start,
                              PageOfChanges& out, Page<CellChange>& page) {
  EntryFilter entry_filter = filter;
  entry_filter.type = kRowsChanged;
  CS_TRY(auto entries, EntryWalk::begin(store, entry_filter, change_index(start),
                                        filter.oldest_first ? EntryWalk::Order::oldest_first
                                                            : EntryWalk::Order::newest_first));
  auto rows = store.query(
      std::string("SELECT c.id, c.edition, d.tbl, c.key, c.removed, c.cells FROM row_changes c"
                  " JOIN editions d ON d.id = c.edition WHERE c.id >= ? AND c.id <= ?")
          .append(filter.oldest_first ? " ORDER BY c.id" : " ORDER BY c.id DESC"));
  while (true) {
    CS_TRY(const auto entry, entries.next());
    if (!entry) return {};
    const Circumstances& by = entry->by;
    const std::uint64_t first = change_id(by.index, 0);
    const std::uint64_t last = change_id(by.index + 1, 0) - 1;
    rows.restart();
    rows.bind(filter.oldest_first ? std::max(first, start) : first,
              filter.oldest_first ? last : std::min(last, start));
    while (true) {
      CS_TRY(const bool row, rows.step());
      if (!row) break;
      const PageOfChanges::RowChange change{rows.index(0),  rows.integer(1),      rows.string(2),
                                            rows.string(3), rows.integer(4) != 0, rows.string(5)};
      CS_TRY(const bool more, out.add(change, by, page));
      if (!more) return {};
    }
  }
}

}  // namespace

Result<Page<CellChange>> StoredTrace::changes(const ChangeFilter& filter,
                                              const PageRequest& request) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  Cursor start{filter.oldest_first ? 0 : kNewestChange, 0};
  if (!request.after.empty()) {
    CS_TRY(start, decode_cursor(request.after));
    start[0] = std::min(start[0], kNewestChange);
  }
  Page<CellChange> page;
  page.as_of = reading.as_of();
  PageOfChanges out(store, filter, limit_of(request), start);
  if (filter.table.empty()) {
    CS_CHECK(changes_by_entry(store, filter, start[0], out, page));
    return page;
  }
  CS_TRY(const Edition edition, find_edition(store, filter.campaign, filter.table));
  if (filter.row.empty()) {
    CS_CHECK(changes_by_entry(store, filter, start[0], out, page));
  } else {
    CS_CHECK(changes_of_row(store, filter, edition, start[0], out, page));
  }
  return page;
}

Result<Page<Act>> StoredTrace::acts(const EntryFilter& filter, const PageRequest& request) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  if (!filter.table.empty()) {
    CS_TRY(const Edition edition, find_edition(store, filter.campaign, filter.table));
    static_cast<void>(edition);
  }
  std::uint64_t from = kNewestChange;
  if (!request.after.empty()) {
    CS_TRY(const Cursor cursor, decode_cursor(request.after));
    from = std::min(cursor[0], kNewestChange);
  }
  CS_TRY(auto entries, EntryWalk::begin(store, filter, from, EntryWalk::Order::newest_first));
  Page<Act> page;
  page.as_of = reading.as_of();
  while (true) {
    CS_TRY(auto entry, entries.next());
    if (!entry) return page;
    if (page.rows.size() == limit_of(request)) {
      page.next = encode_cursor({entry->by.index, 0});
      return page;
    }
    CS_TRY(const std::uint64_t rows, rows_changed_by(store, entry->by.index));
    page.rows.push_back(
        {.by = std::move(entry->by), .table = std::move(entry->table), .rows = rows});
  }
}

}  // namespace countersign::projections
