// Computing the indicators: evaluates them over the tables as they are and makes the command that
// records the figures with the versions of everything they were made from.
#pragma once

#include "api/http/problem.h"
#include "api/routes/endpoint.h"
#include "ledger/domain/commands.h"
#include "ledger/domain/directory.h"

#include <set>
#include <string>
#include <variant>

namespace countersign::api {

// Of these indicators; empty: of all. Waits for the views to hold everything committed.
//   503 the views are behind
std::variant<ledger::RecordIndicators, Problem> computed_indicators(
    const ledger::DefinedCampaign& campaign, const std::set<std::string>& indicators,
    Services& services);

}  // namespace countersign::api
