#include "projections/carry_forward/query.h"

#include "ledger/domain/event_codec.h"
#include "projections/cursor.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

Result<std::optional<CarriedFrom>> load_source(Database& store, const std::string& campaign,
                                               const std::string& table) {
  auto query = store.query(
      "SELECT idx, at, from_campaign, from_tbl, from_version, from_hash, left_out"
      " FROM carried_tables WHERE campaign = ? AND tbl = ?");
  CS_TRY(const bool found, query.bind(campaign, table).step());
  if (!found) return std::optional<CarriedFrom>();
  CarriedFrom from{query.index(0),
                   query.instant(1),
                   query.string(2),
                   query.string(3),
                   static_cast<std::uint32_t>(query.integer(4)),
                   query.string(5),
                   {},
                   {},
                   query.index(6)};
  auto columns = store.query(
      "SELECT col, new, unfit FROM carried_columns WHERE campaign = ? AND tbl = ? ORDER BY col");
  columns.bind(campaign, table);
  while (true) {
    CS_TRY(const bool more, columns.step());
    if (!more) return std::optional(std::move(from));
    if (columns.integer(1) != 0) from.new_items.push_back(columns.string(0));
    if (columns.integer(2) != 0) from.unfit[columns.string(0)] = columns.index(2);
  }
}

Result<void> count_rows(Database& store, const std::string& campaign, TableProvenance& table) {
  CS_TRY(const Edition edition, find_edition(store, campaign, table.table));
  auto query = store.query(
      "SELECT state, bulk, count(*), sum(cells), sum(changed), sum(missing > 0) FROM carried_rows"
      " WHERE edition = ? GROUP BY state, bulk");
  query.bind(edition.id);
  std::uint64_t still_there = 0;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) break;
    const std::string state = query.string(0);
    const std::uint64_t count = query.index(2);
    if (state == "untouched") table.untouched += count;
    if (state == "confirmed") {
      (query.integer(1) != 0 ? table.confirmed_in_bulk : table.confirmed_singly) += count;
    }
    if (state == "changed") {
      table.changed += count;
      table.cells_changed += query.index(4);
    }
    if (state == "removed") {
      table.removed += count;
    } else {
      still_there += count;
      table.incomplete += query.index(5);
    }
    table.cells_held += query.index(3);
  }
  table.added = table.rows - std::min(table.rows, still_there);
  return {};
}

Result<std::vector<TableProvenance>> load(Database& store, const std::string& campaign,
                                          const std::string& table) {
  auto query = store.query(
      "SELECT tbl, department, rows FROM tasks WHERE campaign = ?1 AND (?2 = '' OR tbl = ?2)"
      " ORDER BY tbl");
  query.bind(campaign, table);
  std::vector<TableProvenance> tables;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return tables;
    TableProvenance one;
    one.table = query.string(0);
    one.department = query.string(1);
    one.rows = query.index(2);
    CS_TRY(one.from, load_source(store, campaign, one.table));
    CS_CHECK(count_rows(store, campaign, one));
    tables.push_back(std::move(one));
  }
}

// Rows that were brought over stand before the new ones; each kind by key.
constexpr std::uint64_t kBrought = 0;
constexpr std::uint64_t kNew = 1;

constexpr std::string_view kBroughtRows =
    "SELECT r.key, r.state, r.idx, r.bulk, r.changed,"
    " CASE WHEN r.state = 'removed' THEN coalesce((SELECT reason FROM entries WHERE idx = r.idx),"
    " '') ELSE '' END,"
    " CASE WHEN r.state = 'changed' THEN (SELECT cells FROM row_changes WHERE edition = r.edition"
    " AND key = r.key ORDER BY id DESC LIMIT 1)"
    " ELSE (SELECT cells FROM row_changes WHERE id = r.change) END, r.change"
    " FROM carried_rows r WHERE r.edition = ?1 AND r.key > ?2 AND (?3 = '' OR r.state = ?3)"
    " ORDER BY r.key";

std::string new_rows_sql(const std::string& campaign, const std::string& table) {
  return "SELECT t._key, 'new', t._etag, 0, 0, '', c.cells, t._change FROM " +
         typed_table(campaign, table) +
         " t JOIN row_changes c ON c.id = t._change WHERE t._key > ?2 AND NOT EXISTS (SELECT 1 FROM"
         " carried_rows r WHERE r.edition = ?1 AND r.key = t._key) ORDER BY t._key";
}

// Where a page begins.
struct Place {
  std::uint64_t kind = kBrought;
  std::string after;  // row key; empty: the start
};

Result<Place> place_of(Database& store, const Edition& edition, const std::string& cursor) {
  if (cursor.empty()) return Place{};
  CS_TRY(const Cursor at, decode_cursor(cursor));
  auto last = store.query("SELECT key FROM row_changes WHERE id = ? AND edition = ?");
  CS_TRY(const bool known, last.bind(at[1], edition.id).step());
  if (!known || at[0] > kNew) return Error{Errc::malformed, "cursor of another table"};
  return Place{at[0], last.string(0)};
}

// Adds rows until the page is full; the cursor then says where the next one begins.
Result<void> add_rows(Query query, std::uint64_t kind, std::size_t limit, Page<RowProvenance>& page,
                      std::uint64_t& last, std::uint64_t& last_kind) {
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    if (page.rows.size() == limit) {
      page.next = encode_cursor({last_kind, last});
      return {};
    }
    RowProvenance row{query.string(0),
                      query.string(1),
                      query.index(2),
                      query.integer(3) != 0,
                      query.index(4),
                      query.string(5),
                      {}};
    if (!query.is_null(6)) {
      CS_TRY(row.cells, ledger::decode_cells(query.text(6)));
    }
    last = query.index(7);
    last_kind = kind;
    page.rows.push_back(std::move(row));
  }
}

}  // namespace

Result<std::vector<TableProvenance>> StoredCarryForward::tables(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  return load(reading.database(), campaign, "");
}

Result<TableProvenance> StoredCarryForward::table(const std::string& campaign,
                                                  const std::string& table) const {
  CS_TRY(const auto reading, store_.read());
  CS_TRY(auto found, load(reading.database(), campaign, table));
  if (found.empty()) return Error{Errc::not_found, "no task for this table"};
  return std::move(found.front());
}

Result<Page<RowProvenance>> StoredCarryForward::rows(const std::string& campaign,
                                                     const std::string& table,
                                                     const std::string& state,
                                                     const PageRequest& page) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, campaign, table));
  CS_TRY(Place place, place_of(store, edition, page.after));
  Page<RowProvenance> result;
  result.as_of = reading.as_of();
  const std::size_t limit = limit_of(page);
  std::uint64_t last = 0;
  std::uint64_t last_kind = place.kind;
  if (place.kind == kBrought && state != "new") {
    CS_CHECK(add_rows(std::move(store.query(kBroughtRows).bind(edition.id, place.after, state)),
                      kBrought, limit, result, last, last_kind));
    if (!result.next.empty()) return result;
  }
  if (state.empty() || state == "new") {
    if (place.kind == kBrought) place.after.clear();
    CS_CHECK(add_rows(
        std::move(store.query(new_rows_sql(campaign, table)).bind(edition.id, place.after)), kNew,
        limit, result, last, last_kind));
  }
  return result;
}

Result<void> StoredCarryForward::each_untouched(
    const std::string& campaign, const std::string& table,
    const std::function<void(std::string_view)>& visit) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, campaign, table));
  auto query = store.query(
      "SELECT key FROM carried_rows WHERE edition = ? AND state = 'untouched' ORDER BY key");
  query.bind(edition.id);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    visit(query.text(0));
  }
}

Result<std::optional<SubmittedTable>> StoredCarryForward::last_submitted(
    const std::string& campaign, const std::string& table) const {
  CS_TRY(const auto reading, store_.read());
  auto query = reading.database().query(
      "SELECT version, version_hash, idx FROM statements WHERE campaign = ? AND tbl = ?"
      " AND level = 'submission' ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(campaign, table).step());
  if (!found) return std::optional<SubmittedTable>();
  return std::optional(SubmittedTable{static_cast<std::uint32_t>(query.integer(0)), query.string(1),
                                      query.index(2)});
}

}  // namespace countersign::projections
