// Carrying forward: last year's rows, as they were last submitted, in this year's columns. What no
// longer fits is left empty and told; what has no source is a new item.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/carry_forward.h"
#include "ledger/verified_command.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace countersign::api {

// Thread safety: used by one thread.
class CarriedRows {
 public:
  // All arguments must outlive it. `mapping` is of `table`; columns it does not list map to the
  // same key.
  CarriedRows(const ledger::TableDefinition& table, const ledger::TableDefinition& previous,
              const ledger::PreviousEdition::Table& mapping);

  // Takes a row of the previous edition.
  void add(const ledger::Cells& cells);

  // The rows in this year's columns, and in `source` what became of the others.
  std::vector<ledger::RowEdit> take(ledger::CarrySource& source);

 private:
  const ledger::TableDefinition& table_;
  std::map<std::string, std::string> sources_;  // by column of `table`
  std::set<std::string> keys_;
  std::vector<ledger::RowEdit> rows_;
  std::vector<std::string> new_items_;
  std::map<std::string, std::uint64_t> unfit_;
  std::uint64_t left_out_ = 0;
};

}  // namespace countersign::api
