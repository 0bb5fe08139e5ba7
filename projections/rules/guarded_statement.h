// A statement of foreign SQL: prepared under an authorizer, stepped under a bound on its work.
// Private to projections/rules.
#pragma once

#include "ledger/base/result.h"
#include "projections/rules/definition_sql.h"
#include "projections/view_store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace countersign::projections {

// What a statement may name.
struct Readable {
  std::set<std::string> tables;  // of the store
  std::set<std::string> given;   // names that stand for rows within the statement itself
};

class GuardedStatement {
 public:
  GuardedStatement(Database& store, const std::string& sql, Readable readable, SqlLimits limits);
  ~GuardedStatement();
  GuardedStatement(const GuardedStatement&) = delete;
  GuardedStatement& operator=(const GuardedStatement&) = delete;

  void bind(int position, double value);
  // True: on a row. False: finished, or broken() says why it did not.
  bool step();
  const std::optional<std::string>& broken() const { return broken_; }
  const std::map<std::string, int>& columns() const { return columns_; }
  SqlRow row() const { return {statement_, columns_}; }

 private:
  static int authorize(void* self, int action, const char* first, const char* second,
                       const char* database, const char* inner);
  static int progress(void* self);
  int judge(int action, const char* first, const char* second);
  bool may_read(const std::string& table, std::string_view column) const;
  void fail(int code);

  sqlite3* connection_;
  const Readable readable_;
  std::set<std::string> stored_;  // every table of the store
  const SqlLimits limits_;
  sqlite3_stmt* statement_ = nullptr;
  std::map<std::string, int> columns_;
  std::optional<std::string> broken_;
  std::string denied_;  // what the authorizer said no to
  std::uint64_t steps_ = 0;
  bool stopped_ = false;
  int length_limit_ = 0;
};

}  // namespace countersign::projections
