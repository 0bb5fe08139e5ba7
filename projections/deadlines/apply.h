#pragma once

#include "projections/step.h"

namespace countersign::projections {

// REQUIRES: apply_entries() ran for the step.
ledger::Result<void> apply_deadlines(const Step& step);

}  // namespace countersign::projections
