#pragma once

#include "projections/step.h"

namespace countersign::projections {

// REQUIRES: apply_entries(), apply_tables() and apply_deadlines() ran for the step.
ledger::Result<void> apply_accountability(const Step& step);

}  // namespace countersign::projections
