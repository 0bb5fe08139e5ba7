#include "projections/rules/guarded_statement.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <sqlite3.h>

namespace countersign::projections {

namespace {

constexpr int kStepsAtOnce = 1000;
constexpr int kTextBytesMax = 4 << 20;

// What would make a result depend on the moment, on chance, or on what lies outside the store.
constexpr std::array<std::string_view, 13> kFunctionsRefused = {
    "load_extension", "random",       "randomblob",   "date",
    "time",           "datetime",     "julianday",    "unixepoch",
    "strftime",       "current_date", "current_time", "current_timestamp",
    "changes"};

bool refused_function(std::string_view name) {
  return std::find(kFunctionsRefused.begin(), kFunctionsRefused.end(), name) !=
         kFunctionsRefused.end();
}

}  // namespace

std::optional<std::string> SqlRow::text(const std::string& column) const {
  const auto found = columns_.find(column);
  if (found == columns_.end()) return std::nullopt;
  const unsigned char* at = sqlite3_column_text(statement_, found->second);
  if (at == nullptr) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(at),
                     static_cast<std::size_t>(sqlite3_column_bytes(statement_, found->second)));
}

std::optional<double> SqlRow::number(const std::string& column) const {
  const auto found = columns_.find(column);
  if (found == columns_.end() || sqlite3_column_type(statement_, found->second) == SQLITE_NULL) {
    return std::nullopt;
  }
  return sqlite3_column_double(statement_, found->second);
}

GuardedStatement::GuardedStatement(Database& store, const std::string& sql, Readable readable,
                                   SqlLimits limits)
    : connection_(store.connection_), readable_(std::move(readable)), limits_(limits) {
  auto names = store.query("SELECT name FROM sqlite_master WHERE type = 'table'");
  for (auto found = names.step(); found && *found; found = names.step()) {
    stored_.insert(names.string(0));
  }
  // SQLite declares these at their first use in a connection, which would not pass for a SELECT.
  store.query("SELECT 1 FROM json_each('[]'), json_tree('[]')");
  length_limit_ = sqlite3_limit(connection_, SQLITE_LIMIT_LENGTH, kTextBytesMax);
  sqlite3_set_authorizer(connection_, &authorize, this);
  sqlite3_progress_handler(connection_, kStepsAtOnce, &progress, this);
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()), 0,
                                      &statement_, &rest);
  if (code != SQLITE_OK) {
    fail(code);
    return;
  }
  const std::string_view left(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (statement_ == nullptr || left.find_first_not_of(" \n\t;") != std::string_view::npos) {
    broken_ = "is not one statement";
    return;
  }
  for (int i = 0; i < sqlite3_column_count(statement_); ++i) {
    columns_.emplace(sqlite3_column_name(statement_, i), i);
  }
}

GuardedStatement::~GuardedStatement() {
  sqlite3_finalize(statement_);
  sqlite3_progress_handler(connection_, 0, nullptr, nullptr);
  sqlite3_set_authorizer(connection_, nullptr, nullptr);
  sqlite3_limit(connection_, SQLITE_LIMIT_LENGTH, length_limit_);
}

void GuardedStatement::bind(int position, double value) {
  sqlite3_bind_double(statement_, position, value);
}

bool GuardedStatement::step() {
  if (broken_) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(code);
  return false;
}

void GuardedStatement::fail(int code) {
  if (stopped_) {
    broken_ = "took more than " + std::to_string(limits_.steps) + " steps";
  } else if (!denied_.empty()) {
    broken_ = denied_;
  } else {
    // SQLite's messages name columns and functions, never values.
    broken_ = std::string(sqlite3_errstr(code)) + ": " + sqlite3_errmsg(connection_);
  }
}

int GuardedStatement::authorize(void* self, int action, const char* first, const char* second,
                                const char*, const char*) {
  return static_cast<GuardedStatement*>(self)->judge(action, first, second);
}

int GuardedStatement::judge(int action, const char* first, const char* second) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_READ: {
      if (may_read(first == nullptr ? "" : first, second == nullptr ? "" : second)) {
        return SQLITE_OK;
      }
      denied_ = "reads a table that it does not declare";
      return SQLITE_DENY;
    }
    case SQLITE_FUNCTION:
      if (second != nullptr && !refused_function(second)) return SQLITE_OK;
      denied_ = "calls a function that it may not";
      return SQLITE_DENY;
    default:
      denied_ = "is not a SELECT";
      return SQLITE_DENY;
  }
}

bool GuardedStatement::may_read(const std::string& table, std::string_view column) const {
  if (table == "json_each" || table == "json_tree" || readable_.tables.contains(table)) return true;
  // Rows that are only counted are told by the name alone: a common table expression, given or its
  // own, or a table of the store.
  if (!column.empty()) return false;
  if (readable_.given.contains(table)) return true;
  return !stored_.contains(table) && !table.starts_with("sqlite_") && !table.starts_with("pragma_");
}

int GuardedStatement::progress(void* self) {
  auto& statement = *static_cast<GuardedStatement*>(self);
  statement.steps_ += kStepsAtOnce;
  statement.stopped_ = statement.steps_ > statement.limits_.steps;
  return statement.stopped_ ? 1 : 0;
}

}  // namespace countersign::projections
