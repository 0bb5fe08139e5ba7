// SheetModel: what the generator knows of one table while its campaign runs: which rows there are,
// and values like those in them. The rows themselves are the ledger's.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"
#include "ledger/verified_command.h"
#include "tools/demo/school_base.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace countersign::tools {

class SheetModel {
 public:
  // `table` must outlive the model. `rows` are those that it begins with.
  SheetModel(const ledger::TableDefinition& table, const std::vector<ledger::Cells>& rows);

  std::size_t rows() const { return keys_.size() + made_.size(); }
  // A row that is there, some of them far more often than the rest.
  const ledger::RowKey& any_row(Random& random) const;
  // One edit, with the key of its row: mostly of a cell or two of row `key`, now and then a new row
  // in its place, or that row's removal, which `may_remove` allows. A row that was made here is
  // not removed: a table that changed never is again what it was.
  ledger::RowEdit edit(ledger::RowKey key, bool may_remove, Random& random);
  // Other values in some columns of the row.
  void change(ledger::Cells& cells, std::size_t columns, Random& random) const;

 private:
  std::string value(const ledger::Column& column, Random& random) const;
  std::optional<ledger::RowEdit> new_row(Random& random);

  const ledger::TableDefinition& table_;
  std::vector<const ledger::Column*> values_;  // columns that are not of the key
  const ledger::Column* numbered_;             // of the key, where a new row gets a number; or null
  std::vector<ledger::RowKey> keys_;  // of the rows it began with
  std::vector<ledger::RowKey> made_;
  std::vector<ledger::Cells> samples_;
};

}  // namespace countersign::tools
