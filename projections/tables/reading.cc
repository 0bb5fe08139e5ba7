#include "projections/tables/reading.h"

#include "ledger/domain/event_codec.h"
#include "projections/cursor.h"
#include "projections/tables/schema.h"

#include <algorithm>
#include <deque>
#include <span>
#include <vector>

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

// A page takes the first rows of a table, an export all of them.
constexpr std::size_t kFirstBlock = 128;
constexpr std::size_t kLargestBlock = 8192;

// Rows in the order of their keys, looked up in that of their changes, as they lie in the file.
class RowBlock {
 public:
  explicit RowBlock(Database& store)
      : changes_(store.query("SELECT c.cells, c.removed FROM json_each(?) j"
                             " CROSS JOIN row_changes c WHERE c.id = j.value")) {}

  // Takes up to `count` rows from a query for key and id; false: there are no more.
  Result<bool> fill(Query& last, std::size_t count) {
    rows_.clear();
    texts_.clear();
    bool more = true;
    while (rows_.size() < count) {
      CS_TRY(more, last.step());
      if (!more) break;
      rows_.push_back({keep(last.text(0)), last.index(1), {}});
    }
    CS_CHECK(look_up());
    std::erase_if(rows_, [](const StoredRow& row) { return row.cells.empty(); });
    return more;
  }

  // They live until the next call of fill().
  std::span<const StoredRow> rows() const { return rows_; }

 private:
  // Removed rows are left without cells.
  Result<void> look_up() {
    std::vector<StoredRow*> order;
    order.reserve(rows_.size());
    for (StoredRow& row : rows_) order.push_back(&row);
    std::ranges::sort(order, {}, &StoredRow::change);
    std::string ids = "[";
    for (const StoredRow* row : order) {
      if (ids.size() > 1) ids += ',';
      ids += std::to_string(row->change);
    }
    ids += ']';
    // One statement, which finds the next change where the last one ended.
    changes_.restart();
    changes_.borrow(std::string_view(ids));
    for (StoredRow* row : order) {
      CS_TRY(const bool found, changes_.step());
      if (!found) return Error{Errc::corrupt, "view store: a change of a row is missing"};
      if (changes_.integer(1) == 0) row->cells = keep(changes_.text(0));
    }
    changes_.restart();
    return {};
  }

  // Texts stand one behind another in pieces that stay where they are.
  std::string_view keep(std::string_view text) {
    constexpr std::size_t kPiece = 256 << 10;
    if (texts_.empty() || texts_.back().capacity() - texts_.back().size() < text.size()) {
      texts_.emplace_back().reserve(std::max(kPiece, text.size()));
    }
    std::string& piece = texts_.back();
    const std::size_t at = piece.size();
    piece.append(text);
    return std::string_view(piece).substr(at);
  }

  Query changes_;
  std::vector<StoredRow> rows_;
  std::deque<std::string> texts_;
};

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
  auto last = store.query(
      "SELECT key, max(id) FROM row_changes WHERE edition = ? AND id < ? AND key > ?"
      " GROUP BY key ORDER BY key");
  last.bind(edition.id, std::min(change_id(size, 0), kNewestChange), from);
  RowBlock block(store);
  for (std::size_t rows = kFirstBlock;; rows = std::min(2 * rows, kLargestBlock)) {
    CS_TRY(const bool filled, block.fill(last, rows));
    for (const StoredRow& row : block.rows()) {
      CS_TRY(const bool more, visit(row));
      if (!more) return {};
    }
    if (!filled) return {};
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
