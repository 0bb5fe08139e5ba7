// The SQL of a campaign definition (rules, quantities, formulas), run over the tables as they are
// or as they were. It is written by people of the school, so it runs read-only, sees the tables it
// declares and nothing else, cannot ask for the time or for chance, and is stopped when it works
// too long. What fails or is stopped is *broken*: never an empty, clean result.
//
// Inside the SQL a table stands under its key, last year's under "previous_<key>"; each has _key,
// _etag (entry of the row's last change) and one column a cell. "campaign" is one row: id, edition,
// year.
//
// Thread safety: belongs to one thread, like the connection it reads from.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/campaign.h"
#include "projections/view_store.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

struct sqlite3_stmt;

namespace countersign::projections {

// One row that a SELECT gave; columns by name. Texts live until the visit ends.
class SqlRow {
 public:
  SqlRow(sqlite3_stmt* statement, const std::map<std::string, int>& columns)
      : statement_(statement), columns_(columns) {}
  // None: NULL, or no such column.
  std::optional<std::string> text(const std::string& column) const;
  std::optional<double> number(const std::string& column) const;

 private:
  sqlite3_stmt* statement_;
  const std::map<std::string, int>& columns_;
};

struct SqlOutcome {
  std::optional<std::string> broken;  // why it found nothing out; never with values
  std::uint64_t rows = 0;             // that were visited
};

// Work is counted in steps of SQLite's machine, not in seconds, so that the same SQL over the same
// tables always comes to the same.
struct SqlLimits {
  std::uint64_t steps = 20'000'000;
  std::uint64_t rows = 1'000'000;
};

class DefinitionSql {
 public:
  // `previous` may be null; last year's tables are empty then. `as_of`: the tables after so many
  // entries; none: as they are. All must outlive this.
  DefinitionSql(Database& store, const ledger::CampaignDefinition& definition,
                const ledger::CampaignDefinition* previous,
                std::optional<ledger::TreeSize> as_of = {}, SqlLimits limits = {})
      : store_(store),
        definition_(definition),
        previous_(previous),
        as_of_(as_of),
        limits_(limits) {}

  // Runs one SELECT that may read `reads` and `reads_previous`. Which columns it must give is the
  // caller's to say: one that lacks any of `columns` is broken.
  //   Errc::io, Errc::corrupt   the store itself failed
  ledger::Result<SqlOutcome> select(const std::string& sql,
                                    const std::vector<ledger::TableKey>& reads,
                                    const std::vector<ledger::TableKey>& reads_previous,
                                    const std::vector<std::string>& columns,
                                    const std::function<void(const SqlRow&)>& visit) const;

 private:
  ledger::Result<std::string> source(const ledger::TableDefinition& table) const;
  ledger::Result<std::string> previous_source(const ledger::TableDefinition& table) const;

  Database& store_;
  const ledger::CampaignDefinition& definition_;
  const ledger::CampaignDefinition* previous_;
  std::optional<ledger::TreeSize> as_of_;
  SqlLimits limits_;
};

// An expression over named numbers: "students / (full_time + 0.5 * part_time)". A condition gives 0
// or 1.
struct FormulaOutcome {
  std::optional<std::string> broken;
  std::optional<double> value;  // none: undefined, e.g. a division by nothing
};
ledger::Result<FormulaOutcome> evaluate_formula(Database& store, const std::string& formula,
                                                const std::map<std::string, double>& numbers);

}  // namespace countersign::projections
