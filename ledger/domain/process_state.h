// Where a table stands in the whole process (domain-model.md section 5), as users see it: its own
// status until its approval chain has passed it, then what became of the campaign it belongs to.
// Pure.
#pragma once

#include "ledger/domain/state.h"

#include <string>
#include <string_view>

namespace countersign::ledger {

// "assigned", "blocked", "open", "filling", "submitted", "returned"; "approved:<level>" once that
// level has passed it; "analysed" when indicators were computed from it after that; "plan_due",
// "plan_drafted", "plan_accepted" when its department owes a plan for one of them; then
// "tabled:<body>", "decided:<body>"; after a reopening "reopened", from the first change "final_filling", and
// "final_confirmed" once it has passed again; "frozen", "handed_over", "accepted".
std::string process_state(const CampaignDefinition& definition, const CampaignState& campaign,
                          const Task& task);

// What people call it. Levels bring their own words, bodies their names.
BilingualText process_state_name(const CampaignDefinition& definition, std::string_view state);

}  // namespace countersign::ledger
