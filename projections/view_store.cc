#include "projections/view_store.h"

#include <system_error>

#include <sqlite3.h>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

Query::Query(Query&& other) noexcept
    : owner_(other.owner_),
      home_(other.home_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_),
      failure_(other.failure_) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  if (home_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  home_->push_back(statement_);
}

void Query::add_integer(std::int64_t value) {
  if (statement_ == nullptr) return;
  const int code = sqlite3_bind_int64(statement_, ++bound_, value);
  if (code != SQLITE_OK) failure_ = code;
}

void Query::add_text(std::string_view value) {
  if (statement_ == nullptr) return;
  // An empty view may have no address, which SQLite would take for NULL.
  const char* at = value.data() == nullptr ? "" : value.data();
  const int code = sqlite3_bind_text64(statement_, ++bound_, at, value.size(),
                                       borrows_ ? nullptr : SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) failure_ = code;
}

void Query::add_null() {
  if (statement_ == nullptr) return;
  const int code = sqlite3_bind_null(statement_, ++bound_);
  if (code != SQLITE_OK) failure_ = code;
}

Result<bool> Query::step() {
  if (statement_ == nullptr || failure_ != SQLITE_OK) return owner_->failure(failure_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return owner_->failure(code);
}

Result<void> Query::run() {
  CS_TRY(const bool row, step());
  static_cast<void>(row);
  return {};
}

Result<std::vector<std::string>> Query::strings() {
  std::vector<std::string> all;
  while (true) {
    CS_TRY(const bool found, step());
    if (!found) return all;
    all.push_back(string(0));
  }
}

void Query::restart() {
  bound_ = 0;
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::text(int column) const {
  const unsigned char* at = sqlite3_column_text(statement_, column);
  if (at == nullptr) return {};
  return {reinterpret_cast<const char*>(at),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<ledger::Timestamp> Query::maybe_instant(int column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, Mode mode) {
  sqlite3* connection = nullptr;
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      (mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  // Nobody asks how much memory SQLite has, and to count it takes a lock that all connections share.
  static const int kUncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kUncounted);
  const int code = sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
  std::unique_ptr<Database> database(new Database(connection));
  if (code != SQLITE_OK) return database->failure(code);
  sqlite3_busy_timeout(connection, 5000);
  // No synchronous writes: the store is derived, and a lost one is built again from the ledger.
  // Of a new file's pages those of 8 KiB are written fastest, be transactions small or large.
  // Readers keep few: all are stale as soon as something is written, and who reads many reads them
  // into the same warm memory time and again.
  const std::string settings =
      mode == Mode::write
          ? "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
            " PRAGMA cache_size=-65536;"
          : "PRAGMA query_only=ON; PRAGMA cache_size=-2048;";
  CS_CHECK(database->script(settings + "PRAGMA schema_version;"));
  return database;
}

Database::~Database() {
  for (const auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(connection_);
}

Error Database::failure(int code) const {
  const int kind = (code == SQLITE_OK ? sqlite3_errcode(connection_) : code) & 0xff;
  const bool corrupt = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
  return {corrupt ? Errc::corrupt : Errc::io,
          std::string("view store: ") + sqlite3_errmsg(connection_)};
}

Result<void> Database::script(const std::string& sql) {
  const int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return {};
}

Query Database::query(std::string_view sql) {
  auto found = idle_.find(sql);
  if (found == idle_.end()) found = idle_.try_emplace(std::string(sql)).first;
  std::vector<sqlite3_stmt*>& home = found->second;
  if (home.empty()) return prepare(sql, &home);
  sqlite3_stmt* statement = home.back();
  home.pop_back();
  return Query(this, &home, statement);
}

Query Database::own_query(std::string_view sql) { return prepare(sql, nullptr); }

Query Database::prepare(std::string_view sql, std::vector<sqlite3_stmt*>* home) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  Query query(this, home, statement);
  query.failure_ = code;
  return query;
}

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

Result<std::shared_ptr<ViewStore>> ViewStore::open(const std::filesystem::path& file,
                                                   const std::string& schema, std::size_t readers) {
  std::shared_ptr<ViewStore> store(new ViewStore);
  CS_TRY(store->writer_, Database::open(file, Database::Mode::write));
  {
    auto any = store->writer_->query("SELECT 1 FROM sqlite_master LIMIT 1");
    CS_TRY(const bool exists, any.step());
    if (!exists) {
      any.restart();
      CS_CHECK(store->writer_->script("BEGIN;" + schema + "COMMIT;"));
    }
  }
  for (std::size_t i = 0; i < readers; ++i) {
    CS_TRY(auto reader, Database::open(file, Database::Mode::read));
    store->free_.push_back(std::move(reader));
  }
  return store;
}

Result<void> ViewStore::discard(const std::filesystem::path& file) {
  for (const char* companion : {"", "-wal", "-shm"}) {
    std::error_code problem;
    std::filesystem::remove(file.string() + companion, problem);
    if (problem) return Error{Errc::io, "view store cannot be removed: " + problem.message()};
  }
  return {};
}

ViewStore::Reading::~Reading() {
  if (database_ == nullptr) return;
  static_cast<void>(database_->script("ROLLBACK"));
  store_->give_back(std::move(database_));
}

Result<ViewStore::Reading> ViewStore::read() {
  std::unique_ptr<Database> database;
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !free_.empty(); });
    database = std::move(free_.back());
    free_.pop_back();
  }
  return begin(std::move(database));
}

Result<std::optional<ViewStore::Reading>> ViewStore::Reading::beside() const {
  std::unique_ptr<Database> database;
  {
    const std::lock_guard lock(store_->mutex_);
    if (store_->free_.size() < 2) return std::optional<Reading>();
    database = std::move(store_->free_.back());
    store_->free_.pop_back();
  }
  CS_TRY(Reading reading, store_->begin(std::move(database)));
  return std::optional<Reading>(std::move(reading));
}

Result<ViewStore::Reading> ViewStore::begin(std::unique_ptr<Database> database) {
  Reading reading(shared_from_this(), std::move(database));
  CS_CHECK(reading.database().script("BEGIN"));
  auto applied = reading.database().query("SELECT value FROM meta WHERE name = 'applied'");
  CS_TRY(const bool known, applied.step());
  if (known) reading.as_of_ = applied.index(0);
  return reading;
}

void ViewStore::give_back(std::unique_ptr<Database> database) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(database));
  }
  returned_.notify_one();
}

}  // namespace countersign::projections
