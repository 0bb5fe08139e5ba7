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

struct sqlite3;
struct sqlite3_stmt;

namespace countersign::projections {

class GuardedStatement {
 public:
  // Of the store's own tables the SQL may read `tables` alone.
  GuardedStatement(Database& store, const std::string& sql, const std::set<std::string>& tables,
                   SqlLimits limits);
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
  void fail(int code);

  sqlite3* connection_;
  const std::set<std::string>& tables_;
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
