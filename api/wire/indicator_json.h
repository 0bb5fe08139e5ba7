// Indicators, crossings and plans as JSON. Numbers are decimal texts: `value` rounded to the
// indicator's decimals, `unrounded` as it is compared with the mark. Shapes are those of the
// OpenAPI document.
#pragma once

#include "ledger/domain/campaign.h"
#include "projections/indicators/queries.h"

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// The definition beside what the computation found; null members when there was none.
nlohmann::json to_json(const ledger::CampaignDefinition& campaign,
                       const ledger::Indicator& indicator,
                       const projections::Computation* computation);
// When, over which versions, and whether those are still current.
nlohmann::json to_json(const projections::Computation& computation);

// `names`: of the persons who made the edits. `may_show`: whether cells of a table may stand in an
// answer that is not recorded.
nlohmann::json to_json(const projections::Crossing& crossing,
                       const ledger::CampaignDefinition& campaign,
                       const ledger::Indicator& indicator, bool names,
                       const std::function<bool(const std::string& table)>& may_show);

nlohmann::json to_json(const projections::PlanRecord& plan,
                       const ledger::CampaignDefinition& campaign, bool names);

// "18.016", with so many decimals.
std::string rounded(double number, unsigned decimals);

}  // namespace countersign::api
