// F14 and F15: what a unit did well without being asked. Shown beside its other facts; they never
// offset any of them.
#pragma once

#include "projections/step.h"

namespace countersign::projections {

// F14: a unit corrects its own submitted table, with a reason, before anybody asked.
ledger::Result<void> own_correction(const Step& step, const ledger::RowsChanged& event);
// F15: a table passed before it was due, and others no longer wait for it.
ledger::Result<void> helped_others(const Step& step, const ledger::TaskUnblocked& event);

}  // namespace countersign::projections
