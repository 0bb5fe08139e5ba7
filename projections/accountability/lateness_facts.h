// F1, F2 and F3: what is late, what excuses it, and what that comes to once an outage is logged.
#pragma once

#include "projections/step.h"

namespace countersign::projections {

ledger::Result<void> late_submission(const Step& step, const ledger::TableSubmitted& event);
ledger::Result<void> not_delivered(const Step& step, const ledger::PhaseClosed& event);
ledger::Result<void> late_part(const Step& step, const ledger::AssistDelivered& event);
// Facts that are there become less by what is logged later.
ledger::Result<void> excuse_by_outage(const Step& step, const ledger::OutageRecorded& event);

}  // namespace countersign::projections
