// Diff: what differs in a table between two moments.
#include "ledger/domain/event_codec.h"
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

constexpr ledger::TreeSize kFewEntries = 10'000;

// Which entry emptied a cell, or removed its row: the last change before `bound` after which the
// cell has no value.
Result<ledger::LeafIndex> emptied_by(Database& store, std::int64_t edition, std::string_view key,
                                     const std::string& column, std::uint64_t bound) {
  auto query = store.query(
      "SELECT id, removed, cells FROM row_changes WHERE edition = ? AND key = ? AND id < ?"
      " ORDER BY id DESC");
  query.bind(edition, key, bound);
  std::uint64_t by = 0;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return change_index(by);
    if (query.integer(1) == 0) {
      CS_TRY(const Cells cells, ledger::decode_cells(query.text(2)));
      const auto at = cells.find(column);
      if (at != cells.end() && at->second) return change_index(by);
    }
    by = query.index(0);
  }
}

Result<void> describe(Database& store, std::int64_t edition, std::uint64_t bound,
                      RowDifference& row) {
  CS_TRY(const auto blame, blame_cells(store, edition, row.key, bound, row.after));
  for (const std::string& column : changed_columns(row.before, row.after)) {
    const auto from = row.before.find(column);
    RowDifference::Cell cell{column, from == row.before.end() ? ledger::Cell() : from->second,
                             ledger::Cell(), 0};
    const auto blamed = std::ranges::find(blame, column, &BlamedCell::column);
    if (blamed != blame.end() && blamed->value) {
      cell.to = blamed->value;
      cell.index = blamed->index;
    } else {
      CS_TRY(cell.index, emptied_by(store, edition, row.key, column, bound));
    }
    row.cells.push_back(std::move(cell));
  }
  return {};
}

}  // namespace

Result<Difference> StoredTrace::diff(const std::string& campaign, const std::string& table,
                                     ledger::TreeSize from, ledger::TreeSize to,
                                     const PageRequest& request) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, campaign, table));
  Difference difference;
  difference.to = std::min(to, reading.as_of());
  difference.from = std::min(from, difference.to);
  const std::uint64_t first = std::min(change_id(difference.from, 0), kNewestChange);
  const std::uint64_t bound = std::min(change_id(difference.to, 0), kNewestChange);
  std::string after;
  if (!request.after.empty()) {
    CS_TRY(RowPlace place, row_place(store, edition, request.after, reading.as_of()));
    after = std::move(place.after);
  }

  // Every row touched in between, with its last change there; most differ, some were put back.
  // Of few entries the changes are gone through, of many the rows.
  auto touched = store.query(
      std::string("SELECT key, max(id) FROM row_changes WHERE ")
          .append(difference.to - difference.from <= kFewEntries ? "+edition = ?" : "edition = ?")
          .append(" AND id >= ? AND id < ? GROUP BY key ORDER BY key"));
  touched.bind(edition.id, first, bound);
  const std::size_t limit = limit_of(request);
  std::uint64_t last_change = 0;
  while (true) {
    CS_TRY(const bool found, touched.step());
    if (!found) break;
    RowDifference row;
    row.key = touched.string(0);
    CS_TRY(auto before, cells_before(store, edition.id, row.key, first));
    CS_TRY(auto now, cells_before(store, edition.id, row.key, bound));
    if (!before && !now) continue;
    row.before = before ? std::move(*before) : Cells();
    row.after = now ? std::move(*now) : Cells();
    const std::size_t cells = changed_columns(row.before, row.after).size();
    if (before && now && cells == 0) continue;
    row.kind = !before ? RowDifference::Kind::added
               : !now  ? RowDifference::Kind::removed
                       : RowDifference::Kind::changed;
    ++(!before ? difference.added : !now ? difference.removed : difference.changed);
    difference.cells += cells;
    if (!after.empty() && row.key <= after) continue;
    if (difference.rows.size() == limit) {
      if (difference.next.empty()) difference.next = row_cursor(difference.to, last_change);
      continue;
    }
    last_change = touched.index(1);
    CS_CHECK(describe(store, edition.id, bound, row));
    for (const auto& cell : row.cells) CS_CHECK(name_entry(store, cell.index, difference.entries));
    difference.rows.push_back(std::move(row));
  }
  return difference;
}

}  // namespace countersign::projections
