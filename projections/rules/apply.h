#pragma once

#include "projections/step.h"

namespace countersign::projections {

ledger::Result<void> apply_rules(const Step& step);

}  // namespace countersign::projections
