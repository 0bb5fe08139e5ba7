// Cases as JSON, in the shape of the OpenAPI document.
#pragma once

#include "projections/cases/queries.h"

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// `names`: whether it may be shown to which persons the pack was given.
nlohmann::json to_json(const projections::CaseRecord& record, bool names);

}  // namespace countersign::api
