// View store: the one SQLite file under all views. A thin layer over SQLite that keeps its types,
// return codes and lifetimes in view_store.cc: prepared statements are cached per connection,
// errors come back as Result, a read is one transaction and therefore one applied index.
//
// Thread safety: ViewStore::read() from any thread; a Database, and everything made from it,
// belongs to one thread at a time.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/base/time.h"

#include <concepts>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace countersign::projections {

class Database;

// A prepared statement on loan from its connection's cache; goes back when destroyed.
// Columns count from 0. Text views live until the next step(), restart() or the end of the query.
class Query {
 public:
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  // Appends parameters, in the order of the statement's question marks. A null optional is NULL.
  template <typename... Values>
  Query& bind(const Values&... values) {
    (add(values), ...);
    return *this;
  }
  // As bind(), of texts that the caller keeps unchanged until restart() or the end.
  template <typename... Values>
  Query& borrow(const Values&... values) {
    borrows_ = true;
    (add(values), ...);
    borrows_ = false;
    return *this;
  }

  // The next parameter is this one, counted from 1, instead of the one after the last.
  void at(int parameter) { bound_ = parameter - 1; }

  // True: on a row. False: finished.
  //   Errc::io   SQLite refused; the detail is its message for the statement, not for the values
  ledger::Result<bool> step();
  // Steps a statement that returns no rows.
  ledger::Result<void> run();
  // Steps to the end; the first column of every row.
  ledger::Result<std::vector<std::string>> strings();
  // Ready for other parameters.
  void restart();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::uint64_t index(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view text(int column) const;
  std::string string(int column) const { return std::string(text(column)); }
  ledger::Timestamp instant(int column) const { return {integer(column)}; }
  std::optional<ledger::Timestamp> maybe_instant(int column) const;

 private:
  friend class Database;
  // `home` takes the statement back; nullptr: nobody, it ends with the query.
  Query(Database* owner, std::vector<sqlite3_stmt*>* home, sqlite3_stmt* statement)
      : owner_(owner), home_(home), statement_(statement) {}

  void add_integer(std::int64_t value);
  void add_text(std::string_view value);
  void add_null();

  template <typename T>
  void add(const T& value) {
    if constexpr (std::is_integral_v<T>) {
      add_integer(static_cast<std::int64_t>(value));
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      add_text(value);
    } else {
      add_value(value);
    }
  }
  void add_value(ledger::Timestamp value) { add_integer(value.micros); }
  void add_value(ledger::Duration value) { add_integer(value.micros); }
  template <typename Tag>
  void add_value(const ledger::Id<Tag>& id) {
    add_text(id.value);
  }
  template <typename T>
  void add_value(const std::optional<T>& value) {
    if (value) {
      add(*value);
    } else {
      add_null();
    }
  }

  Database* owner_;
  std::vector<sqlite3_stmt*>* home_;
  sqlite3_stmt* statement_;  // nullptr: preparing failed, step() says why
  int bound_ = 0;
  int failure_ = 0;
  bool borrows_ = false;
};

// One connection.
class Database {
 public:
  enum class Mode : std::uint8_t { write, read };
  //   Errc::io        the file cannot be opened
  //   Errc::corrupt   it is not such a database
  static ledger::Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                        Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Any number of statements without parameters.
  ledger::Result<void> script(const std::string& sql);
  Query query(std::string_view sql);
  // As query(), but the statement is not kept for others: for SQL that is one of very many.
  Query own_query(std::string_view sql);
  template <typename... Values>
  ledger::Result<void> execute(std::string_view sql, const Values&... values) {
    return query(sql).borrow(values...).run();
  }

 private:
  friend class Query;
  friend class GuardedStatement;  // rules/guarded_statement.h
  friend class GivenRows;         // given_rows.h
  explicit Database(sqlite3* connection) : connection_(connection) {}
  ledger::Error failure(int code) const;
  Query prepare(std::string_view sql, std::vector<sqlite3_stmt*>* home);

  struct SqlHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  sqlite3* connection_;
  // Statements nobody has on loan, by their SQL.
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, SqlHash, std::equal_to<>> idle_;
};

// `"` doubled and put around: any campaign or column key is a safe SQL name.
std::string quoted_name(std::string_view name);

class ViewStore : public std::enable_shared_from_this<ViewStore> {
 public:
  // Opens the writer and `readers` read-only connections. The file must hold the schema already
  // or be given `schema`, which is run when the file is new.
  static ledger::Result<std::shared_ptr<ViewStore>> open(const std::filesystem::path& file,
                                                         const std::string& schema,
                                                         std::size_t readers);
  // Removes the file with its companions.
  static ledger::Result<void> discard(const std::filesystem::path& file);

  // For the projector's thread alone.
  Database& writer() { return *writer_; }

  // A connection inside one read transaction. Keeps its store open.
  class Reading {
   public:
    Reading(Reading&&) noexcept = default;
    Reading& operator=(Reading&&) = delete;
    ~Reading();
    Database& database() const { return *database_; }
    ledger::TreeSize as_of() const { return as_of_; }
    // Another connection to the same store, of a moment not before this one; none when others would
    // have to wait for it. Does not wait.
    //   Errc::io
    ledger::Result<std::optional<Reading>> beside() const;

   private:
    friend class ViewStore;
    Reading(std::shared_ptr<ViewStore> store, std::unique_ptr<Database> database)
        : store_(std::move(store)), database_(std::move(database)) {}
    std::shared_ptr<ViewStore> store_;
    std::unique_ptr<Database> database_;
    ledger::TreeSize as_of_ = 0;
  };
  // Waits for a free connection.
  ledger::Result<Reading> read();

 private:
  ViewStore() = default;
  ledger::Result<Reading> begin(std::unique_ptr<Database> database);
  void give_back(std::unique_ptr<Database> database);

  std::unique_ptr<Database> writer_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Database>> free_;
};

// The store that queries read. It is replaced as a whole when the views were built anew; readings
// begun before that end in the store they began in.
// Thread safety: all functions may be called from any thread.
class LiveStore {
 public:
  explicit LiveStore(std::shared_ptr<ViewStore> store) : store_(std::move(store)) {}
  // As ViewStore::read().
  ledger::Result<ViewStore::Reading> read() const { return store()->read(); }
  void replace(std::shared_ptr<ViewStore> store) {
    const std::lock_guard lock(mutex_);
    store_ = std::move(store);
  }

 private:
  std::shared_ptr<ViewStore> store() const {
    const std::lock_guard lock(mutex_);
    return store_;
  }
  mutable std::mutex mutex_;
  std::shared_ptr<ViewStore> store_;
};

}  // namespace countersign::projections
