// Chases, readiness, outages and records as JSON. Shapes are those of the OpenAPI document.
#pragma once

#include "projections/records/queries.h"
#include "projections/reminders/queries.h"

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// `texts`: whether what people wrote, and their names, may be shown.
nlohmann::json to_json(const projections::ChaseRecord& chase, bool texts);
nlohmann::json to_json(const projections::OwingUnit& unit, bool texts);
nlohmann::json to_json(const projections::ReadinessRecord& readiness, bool texts);
nlohmann::json to_json(const projections::OutageRecord& outage);
nlohmann::json to_json(const projections::DepartmentRecord& record);

}  // namespace countersign::api
