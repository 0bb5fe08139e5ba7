// Rules, runs, findings and explanations as JSON.
#pragma once

#include "ledger/domain/campaign.h"
#include "projections/rules/queries.h"

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// `withdrawn`, `last`: of the campaign.
nlohmann::json to_json(const ledger::Rule& rule,
                       const std::vector<projections::WithdrawnRule>& withdrawn,
                       const std::vector<projections::LastOutcome>& last);
nlohmann::json to_json(const projections::RuleRun& run);
// Without `rows`, what may name a person is left out: row keys, notes, and what was said.
nlohmann::json to_json(const projections::RecordedFinding& finding, bool rows);
nlohmann::json to_json(const projections::RecordedExplanation& explanation, bool rows);

}  // namespace countersign::api
