// The parts of a state snapshot that belong to validation, indicators, evidence, cases and chases.
// Private to codecs.
#pragma once

#include "ledger/domain/json_reader.h"
#include "ledger/domain/state.h"

#include <nlohmann/json.hpp>

namespace countersign::ledger {

// Members are added to, and read from, the object of the task or campaign; absent ones are empty.
void write_area_state(nlohmann::json& out, const Task& task);
void read_area_state(JsonReader& in, Task& task);
void write_area_state(nlohmann::json& out, const CampaignState& campaign);
void read_area_state(JsonReader& in, CampaignState& campaign);

}  // namespace countersign::ledger
