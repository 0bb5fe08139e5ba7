#pragma once

#include "projections/step.h"

namespace countersign::projections {

// REQUIRES: apply_tables() ran for the step.
ledger::Result<void> apply_carry_forward(const Step& step);

}  // namespace countersign::projections
