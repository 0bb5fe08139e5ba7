#include "projections/tables/reading.h"

#include "ledger/domain/event_codec.h"
#include "projections/cursor.h"
#include "projections/tables/row_blocks.h"
#include "projections/tables/schema.h"

#include <algorithm>
#include <future>
#include <utility>

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

// A page takes the first rows of a table, an export all of them. Of many at once several lie on the
// same page of the file.
constexpr std::size_t kFirstBlock = 128;
constexpr std::size_t kLargestBlock = 8192;
// To visit fewer rows takes no longer than to start a thread.
constexpr std::size_t kVisitedMeanwhile = 256;

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
                        std::string_view from, Visitor visitor,
                        const std::function<Result<bool>(const StoredRow&)>& visit,
                        Database* beside) {
  RowBlocks blocks(store, beside, edition, size, from);
  RowBlock block, next;
  std::size_t count = kFirstBlock;
  CS_TRY(bool more, blocks.fill(block, count));
  while (true) {
    const bool meanwhile =
        more && visitor == Visitor::leaves_store && count >= kVisitedMeanwhile;
    count = std::min(2 * count, kLargestBlock);
    const auto fill_next = [&blocks, &next, count] { return blocks.fill(next, count); };
    // Ends before this function does, whichever way: its destructor waits. Where no thread is to be
    // had it runs in get().
    std::future<Result<bool>> filled;
    if (meanwhile) filled = std::async(std::launch::async | std::launch::deferred, fill_next);
    for (const StoredRow& row : block.rows()) {
      CS_TRY(const bool wants_more, visit(row));
      if (!wants_more) return {};
    }
    if (!more) return {};
    CS_TRY(more, meanwhile ? filled.get() : fill_next());
    std::swap(block, next);
  }
}

Result<void> walk_rows(Database& store, const Edition& edition, TreeSize size,
                       const RowFilter& filter, std::string_view from, Visitor visitor,
                       const std::function<bool(const CurrentRow&, std::uint64_t change)>& visit) {
  ledger::Cell wanted;
  if (!filter.column.empty()) {
    CS_TRY(wanted, wanted_cell(edition, filter));
  }
  const auto visit_text = [&](const StoredRow& stored) -> Result<bool> {
    CurrentRow row;
    CS_TRY(row.cells, ledger::decode_cells(stored.cells));
    if (!filter.column.empty()) {
      const auto cell = row.cells.find(filter.column);
      if ((cell == row.cells.end() ? ledger::Cell() : cell->second) != wanted) return true;
    }
    row.key = stored.key;
    row.etag = change_index(stored.change);
    return visit(row, stored.change);
  };
  return walk_texts(store, edition, size, from, visitor, visit_text);
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
