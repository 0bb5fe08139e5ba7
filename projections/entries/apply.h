#pragma once

#include "projections/step.h"

namespace countersign::projections {

ledger::Result<void> apply_entries(const Step& step);

// The reason that the list of entries shows of an event; empty: it has none.
std::string reason_of(const ledger::Event& event);

// "open", "filling", "submitted", "approved:<level id>", …; empty without a task.
std::string review_state(const ledger::Task* task, const ledger::CampaignDefinition* definition);

}  // namespace countersign::projections
