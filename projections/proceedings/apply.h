#pragma once

#include "projections/step.h"

namespace countersign::projections {

// REQUIRES: apply_deadlines() has not run for the step, as it reads the due instants from before.
ledger::Result<void> apply_proceedings(const Step& step);

}  // namespace countersign::projections
