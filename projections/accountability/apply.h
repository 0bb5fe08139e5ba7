#pragma once

#include "projections/step.h"

namespace countersign::projections {

// REQUIRES: apply_entries(), apply_tables(), apply_deadlines() and apply_carry_forward() ran.
ledger::Result<void> apply_accountability(const Step& step);

}  // namespace countersign::projections
