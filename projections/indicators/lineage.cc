// From a quantity down to the cells it is the sum of, and the entries that gave them their values.
#include "ledger/domain/event_codec.h"
#include "projections/cursor.h"
#include "projections/indicators/query.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"
#include "projections/trace/reading.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::TreeSize;

namespace {

Result<LineageCell> trace_cell(Database& store, const Edition& edition, CitedCell cited,
                               std::uint64_t bound) {
  LineageCell cell;
  auto query = store.query(
      "SELECT id, cells FROM row_changes WHERE edition = ? AND key = ? AND id < ?"
      " ORDER BY id DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(edition.id, cited.row, bound).step());
  if (found) {
    cell.index = change_index(query.index(0));
    CS_TRY(cell.row, ledger::decode_cells(query.text(1)));
    const auto value = cell.row.find(cited.column);
    if (value != cell.row.end()) {
      cell.text = value->second;
      CS_TRY(const auto blamed, blame_cells(store, edition.id, cited.row, bound,
                                            ledger::Cells{{value->first, value->second}}));
      if (!blamed.empty()) cell.index = blamed.front().index;
    }
  }
  cell.cited = std::move(cited);
  return cell;
}

}  // namespace

Result<Lineage> StoredIndicators::cells(const ledger::CampaignDefinition& definition,
                                        const ledger::Quantity& quantity,
                                        std::optional<TreeSize> size,
                                        const PageRequest& page) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  // Later pages show the tree size of the first, so that together they are one sum.
  Cursor place{std::min(size.value_or(reading.as_of()), reading.as_of()), 0};
  if (!page.after.empty()) {
    CS_TRY(place, decode_cursor(page.after));
    if (place[0] > reading.as_of()) return Error{Errc::malformed, "cursor of another ledger"};
  }
  Lineage lineage;
  lineage.page.as_of = place[0];
  CS_TRY(auto cited, cited_cells(store, definition, quantity, place[0]));
  lineage.broken = cited.broken;
  lineage.total = cited.cells.size();
  const std::size_t from = std::min<std::size_t>(place[1], cited.cells.size());
  if (lineage.broken || from == cited.cells.size()) return lineage;
  lineage.table = cited.cells[from].table;
  auto edition = find_edition(store, definition.id.value, lineage.table);
  if (!edition) {
    lineage.broken = "cites a table that is not of the campaign";
    return lineage;
  }
  const std::uint64_t bound = std::min(change_id(place[0], 0), kNewestChange);
  const std::size_t end = std::min(cited.cells.size(), from + limit_of(page));
  std::size_t at = from;
  for (; at < end && cited.cells[at].table == lineage.table; ++at) {
    CS_TRY(auto cell, trace_cell(store, *edition, std::move(cited.cells[at]), bound));
    lineage.page.rows.push_back(std::move(cell));
  }
  if (at < cited.cells.size()) lineage.page.next = encode_cursor({place[0], at});
  return lineage;
}

}  // namespace countersign::projections
