#pragma once

#include "projections/step.h"

namespace countersign::projections {

// Computations, edits that move an indicator across its mark (which raise F10), and plans.
// REQUIRES: apply_entries(), apply_tables(), apply_proceedings() and apply_deadlines() ran for the
// step.
ledger::Result<void> apply_indicators(const Step& step);

// Private to this folder: an entry that ends a command which may have changed rows.
ledger::Result<void> apply_edit(const Step& step);
ledger::Result<void> apply_plans(const Step& step);

}  // namespace countersign::projections
