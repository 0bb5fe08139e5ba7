#include "projections/tables/apply.h"

#include "ledger/domain/event_codec.h"
#include "projections/tables/schema.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace countersign::projections {

using ledger::Cells;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

// Whose statements are held; more are filled at a time nowhere.
constexpr std::size_t kEditionsMax = 100;
// So many rows of one entry are written by one statement a table.
constexpr std::size_t kManyRows = 8;

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

// "INSERT OR REPLACE INTO t (…)", to be followed by what gives the values: key, etag and change, then
// the columns in the order of the definition.
std::string upsert_sql(const std::string& campaign, const ledger::TableDefinition& table) {
  std::string names;
  for (const auto& column : table.columns) names += ", " + quoted_name(column.key);
  return "INSERT OR REPLACE INTO " + typed_table(campaign, table.key.value) +
         " (_key, _etag, _change" + names + ") ";
}
constexpr std::size_t kOwnColumns = 3;

std::string values_sql(const ledger::TableDefinition& table) {
  std::string marks;
  for (std::size_t i = 0; i < table.columns.size(); ++i) marks += ", ?";
  return "VALUES (?, ?, ?" + marks + ")";
}

// In the form in which SQLite takes a text into an INTEGER column as that integer.
std::optional<std::int64_t> whole_number(std::string_view text) {
  constexpr std::size_t kDigitsMax = 18;
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const std::string_view digits = text.substr(sign);
  if (digits.empty() || digits.size() > kDigitsMax ||
      (digits.front() == '0' && text.size() > 1)) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return sign == 1 ? -number : number;
}

// A revision that changes the columns makes the typed table again from the recorded changes.
Result<void> build_typed_table(Database& store, const std::string& campaign,
                               const ledger::TableDefinition& table, std::int64_t edition) {
  const std::string name = typed_table(campaign, table.key.value);
  CS_CHECK(
      store.script("DROP TABLE IF EXISTS " + name + "; CREATE TABLE " + name +
                   " (_key TEXT PRIMARY KEY, _etag INTEGER NOT NULL, _change INTEGER NOT NULL" +
                   column_list(table) + ") WITHOUT ROWID;"));
  auto into = store.query(upsert_sql(campaign, table) + values_sql(table));
  auto latest = store.query(
      "SELECT c.key, c.id, c.cells FROM row_changes c WHERE c.edition = ? AND c.removed = 0"
      " AND NOT EXISTS (SELECT 1 FROM row_changes n WHERE n.edition = c.edition AND n.key = c.key"
      " AND n.id > c.id)");
  latest.bind(edition);
  while (true) {
    CS_TRY(const bool row, latest.step());
    if (!row) return {};
    CS_TRY(const Cells cells, ledger::decode_cells(latest.text(2)));
    into.restart();
    into.borrow(latest.text(0)).bind(change_index(latest.index(1)), latest.index(1));
    for (const auto& column : table.columns) {
      const auto cell = cells.find(column.key);
      into.bind(cell == cells.end() ? ledger::Cell() : cell->second);
    }
    CS_CHECK(into.run());
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

std::size_t count_changed(std::span<const ledger::CellText> from,
                          std::span<const ledger::CellText> to) {
  const auto has_value = [](const ledger::CellText& cell) { return !cell.null; };
  auto left = static_cast<std::size_t>(std::ranges::count_if(from, has_value));
  std::size_t changed = 0;
  // Mostly the next cell of one is the next of the other.
  auto before = from.begin();
  for (const ledger::CellText& after : to) {
    if (before == from.end() || before->column != after.column) {
      before = std::ranges::find(from, after.column, &ledger::CellText::column);
    }
    const bool had = before != from.end() && has_value(*before);
    if (had) --left;
    if (had != has_value(after) || (had && before->value != after.value)) ++changed;
    if (before != from.end()) ++before;
  }
  return changed + left;  // and those that are not there any more
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

namespace {

constexpr std::string_view kRecord =
    "INSERT INTO row_changes (id, edition, key, removed, cells) ";

// Calls `use` with each column of the typed table and the row's cell there; nullptr: it has none.
// Both stand in one order, so that mostly the next cell is the next column's. What the table does
// not know is left out.
template <typename Columns, typename Use>
void each_column(const Columns& columns, std::span<const ledger::CellText> cells, const Use& use) {
  auto cell = cells.begin();
  for (const auto& column : columns) {
    if (cell == cells.end() || cell->column != column.key) {
      cell = std::find_if(cells.begin(), cells.end(), [&](const ledger::CellText& one) {
        return one.column == column.key;
      });
    }
    use(column, cell == cells.end() || cell->null ? nullptr : &*cell);
    if (cell != cells.end()) ++cell;
  }
}

}  // namespace

RowWriter::RowWriter(Database& store)
    : store_(store),
      record_(store.own_query(std::string(kRecord) + "VALUES (?, ?, ?, ?, ?)")) {
  auto given = GivenRows::on(store);
  if (!given) return;
  given_ = std::move(*given);
  record_given_.emplace(
      store.own_query(std::string(kRecord) + "SELECT " + GivenRows::columns(5) + " FROM _given"));
}

Result<RowWriter::Written*> RowWriter::written(const Step& step) {
  const std::pair<std::string, std::string> place(step.campaign, step.table);
  if (const auto held = editions_.find(place); held != editions_.end()) return &held->second;
  const auto* definition = step.definition();
  const auto* table =
      definition == nullptr ? nullptr : definition->table(ledger::TableKey(step.table));
  auto edition = store_.query("SELECT id FROM editions WHERE campaign = ? AND tbl = ?");
  CS_TRY(const bool known, edition.bind(step.campaign, step.table).step());
  if (table == nullptr || !known) return Error{Errc::not_found, "rows of an unknown table"};
  std::vector<Written::Column> columns;
  for (const auto& column : table->columns) {
    columns.push_back({column.key, static_cast<int>(columns.size()),
                       sql_type(column.type) == "INTEGER"});
  }
  std::sort(columns.begin(), columns.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  if (editions_.size() >= kEditionsMax) editions_.clear();
  const std::string upsert = upsert_sql(step.campaign, *table);
  Written made{edition.integer(0), std::move(columns),
               store_.own_query(upsert + values_sql(*table)),
               store_.own_query("DELETE FROM " + typed_table(step.campaign, step.table) +
                                " WHERE _key = ?"),
               std::nullopt};
  const std::size_t width = kOwnColumns + made.columns.size();
  if (given_ != nullptr && width <= GivenRows::kColumnsMax) {
    made.upsert_given.emplace(
        store_.own_query(upsert + "SELECT " + GivenRows::columns(width) + " FROM _given"));
  }
  return &editions_.emplace(place, std::move(made)).first->second;
}

Result<void> RowWriter::change_row(Written& table, std::uint64_t id, const ledger::RowText& row,
                                   std::span<const ledger::CellText> cells) {
  record_.restart();
  CS_CHECK(record_
               .borrow(id, table.edition, row.key, row.removed,
                       row.removed ? std::string_view() : row.cells)
               .run());
  if (row.removed) {
    table.remove.restart();
    return table.remove.borrow(row.key).run();
  }
  Query& query = table.upsert;
  query.restart();
  query.borrow(row.key, change_index(id), id);
  each_column(table.columns, cells,
              [&](const Written::Column& column, const ledger::CellText* cell) {
                query.at(static_cast<int>(kOwnColumns) + column.place + 1);
                const auto number = cell != nullptr && column.whole_number
                                        ? whole_number(cell->value)
                                        : std::nullopt;
                if (cell == nullptr) {
                  query.bind(std::optional<std::int64_t>());
                } else if (number) {
                  query.bind(*number);
                } else {
                  query.borrow(cell->value);
                }
              });
  return query.run();
}

// As change_row() of each, by two statements for all.
Result<void> RowWriter::put_many(Written& table, const Step& step) {
  const auto rows = step.rows.rows();
  given_->begin(5);
  for (const ledger::RowText& row : rows) {
    given_->integer(static_cast<std::int64_t>(change_id(step.index(), row.item)));
    given_->integer(table.edition);
    given_->text(row.key.value);
    given_->integer(0);
    given_->text(row.cells);
  }
  record_given_->restart();
  CS_CHECK(record_given_->run());
  given_->begin(kOwnColumns + table.columns.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    given_->text(rows[i].key.value);
    given_->integer(static_cast<std::int64_t>(step.index()));
    given_->integer(static_cast<std::int64_t>(change_id(step.index(), rows[i].item)));
    const std::size_t first = given_->skip(table.columns.size());
    each_column(table.columns, step.rows.cells(i),
                [&](const Written::Column& column, const ledger::CellText* cell) {
                  if (cell == nullptr) return;
                  const auto number =
                      column.whole_number ? whole_number(cell->value) : std::nullopt;
                  const std::size_t at = first + static_cast<std::size_t>(column.place);
                  if (number) {
                    given_->integer_at(at, *number);
                  } else {
                    given_->text_at(at, cell->value);
                  }
                });
  }
  table.upsert_given->restart();
  return table.upsert_given->run();
}

Result<void> RowWriter::change_rows(const Step& step) {
  if (step.rows.empty()) return {};  // erased
  const auto rows = step.rows.rows();
  if (rows.back().item >= (std::size_t{1} << kItemBits)) {
    return Error{Errc::malformed, "more items than an entry can have"};
  }
  CS_TRY(Written * table, written(step));
  if (rows.size() >= kManyRows && table->upsert_given &&
      std::ranges::none_of(rows, &ledger::RowText::removed)) {
    return put_many(*table, step);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CS_CHECK(change_row(*table, change_id(step.index(), rows[i].item), rows[i],
                        step.rows.cells(i)));
  }
  return {};
}

Result<void> RowWriter::apply(const Step& step) {
  return std::visit(
      Overloaded{[&](const ledger::CampaignDefined& e) -> Result<void> {
                   editions_.clear();
                   return define(step, *e.definition);
                 },
                 [&](const ledger::RowsChanged&) -> Result<void> { return change_rows(step); },
                 [&](const ledger::RowErased& e) -> Result<void> { return erase(step, e); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
