#include "projections/tables/apply.h"

#include "ledger/domain/event_codec.h"
#include "projections/tables/schema.h"

namespace countersign::projections {

using ledger::Cells;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

std::string sql_type(ledger::ColumnType type) {
  switch (type) {
    case ledger::ColumnType::integer:
    case ledger::ColumnType::year:
      return "INTEGER";
    case ledger::ColumnType::decimal:
      return "NUMERIC";
    default:
      return "TEXT";
  }
}

std::string column_list(const ledger::TableDefinition& table) {
  std::string list;
  for (const auto& column : table.columns) {
    list += ", " + quoted_name(column.key) + " " + sql_type(column.type);
  }
  return list;
}

std::string upsert_sql(const std::string& campaign, const ledger::TableDefinition& table) {
  std::string names;
  std::string marks;
  for (const auto& column : table.columns) {
    names += ", " + quoted_name(column.key);
    marks += ", ?";
  }
  return "INSERT OR REPLACE INTO " + typed_table(campaign, table.key.value) +
         " (_key, _etag, _change" + names + ") VALUES (?, ?, ?" + marks + ")";
}

Result<void> upsert(Query& query, const ledger::TableDefinition& table, std::string_view key,
                    std::uint64_t change, const Cells& cells) {
  query.restart();
  query.bind_borrowed(key).bind(change_index(change), change);
  for (const auto& column : table.columns) {
    const auto cell = cells.find(column.key);
    if (cell == cells.end() || !cell->second) {
      query.bind(std::optional<std::string>());
    } else {
      query.bind_borrowed(*cell->second);
    }
  }
  return query.run();
}

// A revision that changes the columns makes the typed table again from the recorded changes.
Result<void> build_typed_table(Database& store, const std::string& campaign,
                               const ledger::TableDefinition& table, std::int64_t edition) {
  const std::string name = typed_table(campaign, table.key.value);
  CS_CHECK(
      store.script("DROP TABLE IF EXISTS " + name + "; CREATE TABLE " + name +
                   " (_key TEXT PRIMARY KEY, _etag INTEGER NOT NULL, _change INTEGER NOT NULL" +
                   column_list(table) + ") WITHOUT ROWID;"));
  auto into = store.query(upsert_sql(campaign, table));
  auto latest = store.query(
      "SELECT c.key, c.id, c.cells FROM row_changes c WHERE c.edition = ? AND c.removed = 0"
      " AND NOT EXISTS (SELECT 1 FROM row_changes n WHERE n.edition = c.edition AND n.key = c.key"
      " AND n.id > c.id)");
  latest.bind(edition);
  while (true) {
    CS_TRY(const bool row, latest.step());
    if (!row) return {};
    CS_TRY(const Cells cells, ledger::decode_cells(latest.text(2)));
    CS_CHECK(upsert(into, table, latest.text(0), latest.index(1), cells));
  }
}

Result<void> define(const Step& step, const ledger::CampaignDefinition& definition) {
  Database& store = step.store;
  for (const auto& table : definition.tables) {
    const std::string columns = column_list(table);
    auto known = store.query("SELECT id, columns FROM editions WHERE campaign = ? AND tbl = ?");
    CS_TRY(const bool exists, known.bind(definition.id, table.key).step());
    if (exists && known.text(1) == columns) {
      CS_CHECK(store.execute("UPDATE editions SET department = ? WHERE id = ?", table.owner,
                             known.integer(0)));
      continue;
    }
    known.restart();
    CS_CHECK(store.execute(
        "INSERT INTO editions (campaign, tbl, columns, department) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (campaign, tbl) DO UPDATE SET columns = excluded.columns,"
        " department = excluded.department",
        definition.id, table.key, columns, table.owner));
    CS_TRY(const bool made, known.bind(definition.id, table.key).step());
    if (!made) return Error{Errc::io, "view store: edition was not recorded"};
    const std::int64_t edition = known.integer(0);
    known.restart();
    CS_CHECK(build_typed_table(store, definition.id.value, table, edition));
  }
  return {};
}

Result<void> change_rows(const Step& step, const ledger::RowsChanged& event) {
  if (event.rows.empty()) return {};  // erased
  Database& store = step.store;
  const auto* definition = step.definition();
  const auto* table = definition == nullptr ? nullptr : definition->table(event.table);
  auto edition = store.query("SELECT id FROM editions WHERE campaign = ? AND tbl = ?");
  CS_TRY(const bool known, edition.bind(event.campaign, event.table).step());
  if (table == nullptr || !known) return Error{Errc::not_found, "rows of an unknown table"};
  if (event.rows.back().item >= (std::size_t{1} << kItemBits)) {
    return Error{Errc::malformed, "more items than an entry can have"};
  }
  auto record = store.query(
      "INSERT INTO row_changes (id, edition, key, removed, cells) VALUES (?, ?, ?, ?, ?)");
  auto replace = store.query(upsert_sql(event.campaign.value, *table));
  auto remove = store.query("DELETE FROM " + typed_table(event.campaign.value, event.table.value) +
                            " WHERE _key = ?");
  for (const auto& row : event.rows) {
    const std::uint64_t id = change_id(step.index(), row.item);
    const std::string cells = row.removed ? std::string() : ledger::encode_cells(row.cells);
    record.restart();
    CS_CHECK(record.bind(id, edition.integer(0))
                 .bind_borrowed(row.key.value)
                 .bind(row.removed)
                 .bind_borrowed(cells)
                 .run());
    if (row.removed) {
      remove.restart();
      CS_CHECK(remove.bind_borrowed(row.key.value).run());
    } else {
      CS_CHECK(upsert(replace, *table, row.key.value, id, row.cells));
    }
  }
  return {};
}

// At once, and not only when the views are built anew: nobody is shown it any more.
Result<void> erase(const Step& step, const ledger::RowErased& event) {
  const std::string current = typed_table(event.campaign.value, event.table.value);
  auto recorded = step.store.query("DELETE FROM row_changes WHERE id = ?");
  auto standing = step.store.query("DELETE FROM " + current + " WHERE _change = ?");
  for (const ledger::ErasureTarget& one : event.targets) {
    const std::uint64_t id = change_id(one.entry, one.item);
    recorded.restart();
    CS_CHECK(recorded.bind(id).run());
    standing.restart();
    CS_CHECK(standing.bind(id).run());
  }
  return {};
}

}  // namespace

std::string typed_table(std::string_view campaign, std::string_view table) {
  // '_' is doubled in the campaign, so that no two editions share a name.
  std::string name = "t_";
  for (const char c : campaign) name.append(c == '_' ? 2 : 1, c);
  return quoted_name(name.append("_").append(table));
}

std::vector<std::string> changed_columns(const Cells& from, const Cells& to) {
  std::vector<std::string> columns;
  auto a = from.begin();
  auto b = to.begin();
  while (a != from.end() || b != to.end()) {
    if (b == to.end() || (a != from.end() && a->first < b->first)) {
      if (a->second) columns.push_back(a->first);
      ++a;
    } else if (a == from.end() || b->first < a->first) {
      if (b->second) columns.push_back(b->first);
      ++b;
    } else {
      if (a->second != b->second) columns.push_back(a->first);
      ++a;
      ++b;
    }
  }
  return columns;
}

Result<std::optional<Cells>> cells_before(Database& store, std::int64_t edition,
                                          std::string_view key, std::uint64_t change) {
  auto query = store.query(
      "SELECT removed, cells FROM row_changes WHERE edition = ? AND key = ? AND id < ?"
      " ORDER BY id DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(edition, key, change).step());
  if (!found || query.integer(0) != 0) return std::optional<Cells>();
  CS_TRY(auto cells, ledger::decode_cells(query.text(1)));
  return std::optional<Cells>(std::move(cells));
}

Result<void> apply_tables(const Step& step) {
  return std::visit(
      Overloaded{[&](const ledger::CampaignDefined& e) -> Result<void> {
                   return define(step, *e.definition);
                 },
                 [&](const ledger::RowsChanged& e) -> Result<void> { return change_rows(step, e); },
                 [&](const ledger::RowErased& e) -> Result<void> { return erase(step, e); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
