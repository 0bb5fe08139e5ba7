// Changes of cells, and entries as acts.
#include "ledger/domain/event_codec.h"
#include "ledger/domain/row_text.h"
#include "projections/cursor.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"
#include "projections/trace/query.h"
#include "projections/trace/reading.h"

#include <algorithm>
#include <utility>

namespace countersign::projections {

using ledger::Cells;
using ledger::Result;

namespace {

constexpr std::string_view kRowsChanged = "rows.changed";

// Fills a page with the changed cells of one row change after another.
class PageOfChanges {
 public:
  // `start` names the first cell not given yet: row change and ordinal of the cell in it.
  PageOfChanges(const ChangeFilter& filter, std::size_t limit, Cursor start)
      : filter_(filter), limit_(limit), start_(start) {}

  struct RowChange {
    std::uint64_t id;
    std::string table;
    std::string key;
    bool removed;
    std::string cells;
  };

  // `earlier`: the row before the change, if there was one. False: the page is full and says where
  // the next one begins.
  Result<bool> add(const RowChange& change, std::optional<Cells> earlier, const Circumstances& by,
                   Page<CellChange>& page) {
    auto after = std::make_shared<Cells>();
    if (!change.removed) {
      CS_TRY(*after, ledger::decode_cells(change.cells));
    }
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

// One of a row's changes, as it was recorded.
struct Recorded {
  std::uint64_t id = 0;
  bool removed = false;
  std::string cells;
};

Result<std::optional<Recorded>> next_of(Query& query) {
  CS_TRY(const bool found, query.step());
  if (!found) return std::optional<Recorded>();
  return std::optional(Recorded{query.index(0), query.integer(1) != 0, query.string(2)});
}

// Whether a column differs between two states of a row, without reading the rest of them.
class ColumnOf {
 public:
  explicit ColumnOf(const std::string& column) : column_(column) {}

  Result<bool> differs(const std::optional<Recorded>& before, const Recorded& after) {
    CS_TRY(const auto from, value(before ? &*before : nullptr, from_));
    CS_TRY(const auto to, value(&after, to_));
    return from != to;
  }

 private:
  Result<std::optional<std::string_view>> value(const Recorded* row,
                                                ledger::CellTexts& room) const {
    if (row == nullptr || row->removed) return std::optional<std::string_view>();
    CS_TRY(const auto cells, room.read(row->cells));
    for (const ledger::CellText& cell : cells) {
      if (cell.column == column_ && !cell.null) return std::optional(cell.value);
    }
    return std::optional<std::string_view>();
  }

  const std::string& column_;
  ledger::CellTexts from_;
  ledger::CellTexts to_;
};

// The changes of one row, by the index over rows. Each is held against its neighbour, and who made
// it is asked only of those that are shown.
Result<void> changes_of_row(Database& store, const ChangeFilter& filter, const Edition& edition,
                            std::uint64_t start, PageOfChanges& out, Page<CellChange>& page) {
  constexpr std::string_view kOlder =
      "SELECT id, removed, cells FROM row_changes WHERE edition = ? AND key = ? AND id <= ?"
      " ORDER BY id DESC";
  constexpr std::string_view kNewer =
      "SELECT id, removed, cells FROM row_changes WHERE edition = ? AND key = ? AND id >= ?"
      " ORDER BY id";
  auto query = store.query(filter.oldest_first ? kNewer : kOlder);
  query.bind(edition.id, filter.row, start);
  std::optional<Recorded> before;
  if (filter.oldest_first && start > 0) {
    auto last = store.query(kOlder);
    CS_TRY(before, next_of(last.bind(edition.id, filter.row, start - 1)));
  }
  CS_TRY(auto after, next_of(query));
  ColumnOf column(filter.column);
  while (after) {
    std::optional<Recorded> next;
    if (filter.oldest_first) {
      CS_TRY(next, next_of(query));
    } else {
      CS_TRY(before, next_of(query));
    }
    bool wanted = true;
    if (!filter.column.empty()) {
      CS_TRY(wanted, column.differs(before, *after));
    }
    if (wanted) {
      CS_TRY(const Circumstances by, circumstances_of(store, change_index(after->id)));
      if (meant(filter, by)) {
        std::optional<Cells> earlier;
        if (before && !before->removed) {
          CS_TRY(earlier, ledger::decode_cells(before->cells));
        }
        const PageOfChanges::RowChange change{after->id, filter.table, filter.row, after->removed,
                                              after->cells};
        CS_TRY(const bool more, out.add(change, std::move(earlier), by, page));
        if (!more) return {};
      }
    }
    if (filter.oldest_first) {
      before = std::exchange(after, std::move(next));
    } else {
      after = std::exchange(before, std::nullopt);
    }
  }
  return {};
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
      const PageOfChanges::RowChange change{rows.index(0), rows.string(2), rows.string(3),
                                            rows.integer(4) != 0, rows.string(5)};
      CS_TRY(auto earlier, cells_before(store, rows.integer(1), change.key, change.id));
      CS_TRY(const bool more, out.add(change, std::move(earlier), by, page));
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
  PageOfChanges out(filter, limit_of(request), start);
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
