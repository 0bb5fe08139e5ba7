#include "projections/given_rows.h"

#include <sqlite3.h>

namespace countersign::projections {

using ledger::Result;

// What SQLite calls, with its types: a table without a definition of its own, read from first to last.
struct GivenRowsTable {
  struct Table : sqlite3_vtab {
    const GivenRows* rows = nullptr;
  };
  struct Cursor : sqlite3_vtab_cursor {
    std::size_t row = 0;
  };

  static const GivenRows& rows_of(const sqlite3_vtab_cursor* cursor) {
    return *static_cast<const Table*>(cursor->pVtab)->rows;
  }

  static int connect(sqlite3* connection, void* rows, int, const char* const*, sqlite3_vtab** out,
                     char**) {
    const std::string sql = "CREATE TABLE x (" + GivenRows::columns(GivenRows::kColumnsMax) + ")";
    const int code = sqlite3_declare_vtab(connection, sql.c_str());
    if (code != SQLITE_OK) return code;
    auto* table = new Table();
    table->rows = static_cast<const GivenRows*>(rows);
    *out = table;
    return SQLITE_OK;
  }
  static int disconnect(sqlite3_vtab* table) {
    delete static_cast<Table*>(table);
    return SQLITE_OK;
  }
  static int plan(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }
  static int open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
    *out = new Cursor();
    return SQLITE_OK;
  }
  static int close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
  }
  static int begin(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    static_cast<Cursor*>(cursor)->row = 0;
    return SQLITE_OK;
  }
  static int next(sqlite3_vtab_cursor* cursor) {
    ++static_cast<Cursor*>(cursor)->row;
    return SQLITE_OK;
  }
  static int at_end(sqlite3_vtab_cursor* cursor) {
    const GivenRows& rows = rows_of(cursor);
    return (static_cast<Cursor*>(cursor)->row + 1) * rows.columns_ > rows.cells_.size() ? 1 : 0;
  }
  static int column(sqlite3_vtab_cursor* cursor, sqlite3_context* out, int column) {
    const GivenRows& rows = rows_of(cursor);
    const auto at = static_cast<std::size_t>(column);
    if (at >= rows.columns_) return SQLITE_OK;  // null
    const auto& cell = rows.cells_[static_cast<Cursor*>(cursor)->row * rows.columns_ + at];
    if (cell.kind == GivenRows::Kind::integer) {
      sqlite3_result_int64(out, cell.integer);
    } else if (cell.kind == GivenRows::Kind::text) {
      // An empty view may have no address, which SQLite would take for NULL.
      const char* text = cell.text.data() == nullptr ? "" : cell.text.data();
      sqlite3_result_text64(out, text, cell.text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    return SQLITE_OK;
  }
  static int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
    *out = static_cast<sqlite3_int64>(static_cast<Cursor*>(cursor)->row);
    return SQLITE_OK;
  }

  static const sqlite3_module* module() {
    static const sqlite3_module kModule = [] {
      sqlite3_module made{};
      made.xConnect = connect;
      made.xBestIndex = plan;
      made.xDisconnect = disconnect;
      made.xOpen = open;
      made.xClose = close;
      made.xFilter = begin;
      made.xNext = next;
      made.xEof = at_end;
      made.xColumn = column;
      made.xRowid = rowid;
      return made;
    }();
    return &kModule;
  }
};

Result<std::unique_ptr<GivenRows>> GivenRows::on(Database& database) {
  std::unique_ptr<GivenRows> rows(new GivenRows(database));
  const int code = sqlite3_create_module_v2(database.connection_, "_given",
                                            GivenRowsTable::module(), rows.get(), nullptr);
  if (code != SQLITE_OK) return database.failure(code);
  return rows;
}

GivenRows::~GivenRows() {
  sqlite3_create_module_v2(database_.connection_, "_given", nullptr, nullptr, nullptr);
}

std::string GivenRows::columns(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "c" : ", c") + std::to_string(i);
  return list;
}

void GivenRows::begin(std::size_t columns) {
  columns_ = columns;
  cells_.clear();
}

}  // namespace countersign::projections
