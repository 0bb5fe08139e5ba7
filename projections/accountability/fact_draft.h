// What the rules of all kinds share in raising a fact.
#pragma once

#include "projections/accountability/queries.h"
#include "projections/step.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

// Raised by the step's entry, open.
AccountabilityFact fact_of(const Step& step, const std::string& kind, const std::string& table,
                           const std::string& department);

// The first column of every row.
ledger::Result<void> add_entries(Query query, std::vector<ledger::LeafIndex>& entries);

// The last return of the step's table, or reopening after the window, before the step.
struct LastReturn {
  ledger::LeafIndex index = 0;
  ledger::Timestamp at;
  bool new_due = false;
  bool charged = true;
};
ledger::Result<std::optional<LastReturn>> last_return(const Step& step);

// Cells that the step's entry changed.
ledger::Result<std::uint32_t> cells_changed(const Step& step);

}  // namespace countersign::projections
