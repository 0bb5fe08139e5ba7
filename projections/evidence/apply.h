#pragma once

#include "projections/step.h"

namespace countersign::projections {

ledger::Result<void> apply_evidence(const Step& step);

}  // namespace countersign::projections
