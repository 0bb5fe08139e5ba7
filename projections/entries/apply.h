#pragma once

#include "projections/step.h"

namespace countersign::projections {

ledger::Result<void> apply_entries(const Step& step);

// "open", "filling", "submitted", "approved:<level id>", …; empty without a task.
std::string review_state(const ledger::Task* task, const ledger::CampaignDefinition* definition);

}  // namespace countersign::projections
