#pragma once

#include "projections/step.h"

namespace countersign::projections {

ledger::Result<void> apply_subjects(const Step& step);

}  // namespace countersign::projections
