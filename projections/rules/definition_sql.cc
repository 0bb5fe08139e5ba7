#include "projections/rules/definition_sql.h"

#include "projections/rules/guarded_statement.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

namespace countersign::projections {

using ledger::Result;
using ledger::TableDefinition;
using ledger::TableKey;
using ledger::TreeSize;

namespace {

constexpr char kNothing[] = "__nothing";  // stands in for tables that may not be named

std::string quoted_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

std::string_view sql_type(ledger::ColumnType type) {
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

// The rows of an edition after `size` entries. `columns`: this edition's column and the key that
// its value stands under; an empty key: nowhere.
struct PastColumn {
  const ledger::Column* column;
  std::string from;
};
std::string past_rows(std::int64_t edition, TreeSize size, const std::vector<PastColumn>& columns) {
  const std::string end = std::to_string(change_id(size, 0));
  std::string sql = "SELECT r.key AS _key, (r.id >> " + std::to_string(kItemBits) + ") AS _etag";
  for (const PastColumn& one : columns) {
    const std::string path = quoted_text("$." + quoted_name(one.from));
    sql += one.from.empty() ? std::string(", NULL")
                            : ", CAST(json_extract(r.cells, " + path + ") AS " +
                                  std::string(sql_type(one.column->type)) + ")";
    sql += " AS " + quoted_name(one.column->key);
  }
  // The index alone tells the last change of each row.
  return sql + " FROM (SELECT max(id) AS id FROM main.row_changes WHERE edition = " +
         std::to_string(edition) + " AND id < " + end +
         " GROUP BY key) l JOIN main.row_changes r ON r.id = l.id WHERE r.removed = 0";
}

std::string no_rows(const TableDefinition& table) {
  std::string sql = "SELECT NULL AS _key, NULL AS _etag";
  for (const auto& column : table.columns) sql += ", NULL AS " + quoted_name(column.key);
  return sql + " WHERE 0";
}

int year_of(const std::string& edition) {
  int year = 0;
  for (std::size_t i = 0; i < 4 && i < edition.size(); ++i) {
    if (edition[i] < '0' || edition[i] > '9') return 0;
    year = year * 10 + (edition[i] - '0');
  }
  return year;
}

// The name without quotes of a typed table, as the authorizer is told it.
std::string bare_name(const std::string& quoted) { return quoted.substr(1, quoted.size() - 2); }

// The next token of SQL from `at` on: a name without its quotes, or a single character; empty at
// the end. White space and comments stand between tokens.
std::string_view next_token(std::string_view sql, std::size_t& at) {
  const auto in_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  while (at < sql.size()) {
    const bool line = sql.substr(at, 2) == "--";
    if (line || sql.substr(at, 2) == "/*") {
      const auto end = line ? sql.find('\n', at) : sql.find("*/", at + 2);
      at = end == std::string_view::npos ? sql.size() : end + (line ? 1 : 2);
    } else if (std::isspace(static_cast<unsigned char>(sql[at])) != 0) {
      ++at;
    } else {
      break;
    }
  }
  if (at >= sql.size()) return {};
  constexpr std::string_view kOpening = "'\"`[";
  constexpr std::string_view kClosing = "'\"`]";
  const std::size_t begin = at;
  if (const auto quote = kOpening.find(sql[at]); quote != std::string_view::npos) {
    const auto end = std::min(sql.find(kClosing[quote], at + 1), sql.size());
    at = std::min(end + 1, sql.size());
    return sql.substr(begin + 1, end - begin - 1);
  }
  do {
    ++at;
  } while (at < sql.size() && in_name(sql[begin]) && in_name(sql[at]));
  return sql.substr(begin, at - begin);
}

// A schema as a qualifier would reach past the names that are given.
bool names_a_schema(std::string_view sql) {
  const auto is = [](std::string_view token, std::string_view word) {
    return std::ranges::equal(token, word, [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == b;
    });
  };
  bool schema = false;
  bool any = true;
  for (std::size_t at = 0; any;) {
    const std::string_view token = next_token(sql, at);
    if (schema && token == ".") return true;
    schema = is(token, "main") || is(token, "temp");
    any = at < sql.size();
  }
  return false;
}

// SQLite does not find a table that is not given; who wrote the rule forgot to declare it.
std::string undeclared_or(const std::string& broken, const ledger::CampaignDefinition& definition) {
  constexpr std::string_view kMissing = "no such table: ";
  constexpr std::string_view kPrevious = "previous_";
  const auto at = broken.find(kMissing);
  if (at == std::string::npos) return broken;
  const std::string name = broken.substr(at + kMissing.size());
  const std::string key = name.starts_with(kPrevious) ? name.substr(kPrevious.size()) : name;
  if (definition.table(TableKey(name)) == nullptr && definition.table(TableKey(key)) == nullptr) {
    return broken;
  }
  return "reads a table that it does not declare: " + name;
}

}  // namespace

Result<std::string> DefinitionSql::source(const TableDefinition& table) const {
  const std::string& campaign = definition_.id.value;
  if (!as_of_) {
    std::string sql = "SELECT _key, _etag";
    for (const auto& column : table.columns) sql += ", " + quoted_name(column.key);
    return sql + " FROM main." + typed_table(campaign, table.key.value);
  }
  CS_TRY(const Edition edition, find_edition(store_, campaign, table.key.value));
  std::vector<PastColumn> columns;
  for (const auto& column : table.columns) columns.push_back({&column, column.key});
  return past_rows(edition.id, *as_of_, columns);
}

Result<std::string> DefinitionSql::previous_source(const TableDefinition& table) const {
  if (previous_ == nullptr || !definition_.previous) return no_rows(table);
  const auto* mapped = definition_.previous->table(table.key);
  const TableDefinition* old = previous_->table(mapped == nullptr ? table.key : mapped->from);
  if (old == nullptr) return no_rows(table);
  // As it was last submitted, not as somebody may have left it since.
  auto submitted = store_.query(
      "SELECT max(idx) FROM statements WHERE campaign = ? AND tbl = ? AND level = 'submission'");
  CS_TRY(const bool any, submitted.bind(previous_->id, old->key).step());
  if (!any || submitted.is_null(0)) return no_rows(table);
  CS_TRY(const Edition edition, find_edition(store_, previous_->id.value, old->key.value));
  std::vector<PastColumn> columns;
  for (const auto& column : table.columns) {
    std::string from = column.key;
    if (mapped != nullptr) {
      const auto renamed = std::find_if(mapped->columns.begin(), mapped->columns.end(),
                                        [&](const auto& one) { return one.column == column.key; });
      if (renamed != mapped->columns.end()) from = renamed->from;
    }
    const bool known = std::any_of(old->columns.begin(), old->columns.end(),
                                   [&](const auto& one) { return one.key == from; });
    columns.push_back({&column, known ? from : std::string()});
  }
  return past_rows(edition.id, submitted.index(0), columns);
}

Result<SqlOutcome> DefinitionSql::select(const std::string& sql, const std::vector<TableKey>& reads,
                                         const std::vector<TableKey>& reads_previous,
                                         const std::vector<std::string>& columns,
                                         const std::function<void(const SqlRow&)>& visit) const {
  SqlOutcome outcome;
  if (names_a_schema(sql)) {
    outcome.broken = "names a schema";
    return outcome;
  }
  Readable allowed;
  allowed.given = {"campaign", "row_changes"};
  std::string with = "WITH campaign AS (SELECT " + quoted_text(definition_.id.value) + " AS id, " +
                     quoted_text(definition_.edition) + " AS edition, " +
                     std::to_string(year_of(definition_.edition)) + " AS year)";
  std::set<TableKey> named;
  for (const TableKey& key : reads) {
    const TableDefinition* table = definition_.table(key);
    if (table == nullptr || !named.insert(key).second) continue;
    CS_TRY(const auto rows, source(*table));
    // Past rows are worked out once, however often they are named; present ones are read in place.
    with += ", " + quoted_name(key.value) +
            (as_of_ ? " AS MATERIALIZED (" : " AS NOT MATERIALIZED (") + rows + ")";
    allowed.given.insert(key.value);
    allowed.tables.insert(as_of_ ? "row_changes"
                                 : bare_name(typed_table(definition_.id.value, key.value)));
  }
  named.clear();
  for (const TableKey& key : reads_previous) {
    const TableDefinition* table = definition_.table(key);
    if (table == nullptr || !named.insert(key).second) continue;
    CS_TRY(const auto rows, previous_source(*table));
    with += ", " + quoted_name("previous_" + key.value) + " AS MATERIALIZED (" + rows + ")";
    allowed.given.insert("previous_" + key.value);
    allowed.tables.insert("row_changes");
  }
  // The recorded changes of all tables stand under one name, which the SQL itself may not use.
  with += std::string(", row_changes AS (SELECT 1 AS ") + kNothing + " WHERE 0)";

  GuardedStatement statement(store_, with + " SELECT * FROM (\n" + sql + "\n)", std::move(allowed),
                             limits_);
  for (const std::string& column : columns) {
    if (!statement.broken() && !statement.columns().contains(column)) {
      outcome.broken = "gives no column " + column;
      return outcome;
    }
  }
  while (statement.step()) {
    if (outcome.rows == limits_.rows) {
      outcome.broken = "gives more than " + std::to_string(limits_.rows) + " rows";
      return outcome;
    }
    ++outcome.rows;
    visit(statement.row());
  }
  if (statement.broken()) outcome.broken = undeclared_or(*statement.broken(), definition_);
  return outcome;
}

Result<FormulaOutcome> evaluate_formula(Database& store, const std::string& formula,
                                        const std::map<std::string, double>& numbers) {
  std::string sql = "SELECT (\n" + formula + "\n) AS value FROM (SELECT 1 AS " + kNothing;
  for (const auto& [name, number] : numbers) sql += ", ? AS " + quoted_name(name);
  GuardedStatement statement(store, sql + ")", {}, {});
  FormulaOutcome outcome;
  int position = 0;
  if (!statement.broken()) {
    for (const auto& [name, number] : numbers) statement.bind(++position, number);
    if (statement.step()) outcome.value = statement.row().number("value");
  }
  outcome.broken = statement.broken();
  return outcome;
}

}  // namespace countersign::projections
