// The rulebook's part of a campaign definition, to and from JSON. Private to codecs.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/json_reader.h"

#include <string>

#include <nlohmann/json.hpp>

namespace countersign::ledger {

// Reads members school_type, count_floor, readiness, assist_notice_days, previous, evidence, rules,
// quantities and indicators; absent ones keep their defaults.
void read_rulebook(JsonReader& in, CampaignDefinition& definition);
// Adds those that are not at their defaults.
void write_rulebook(nlohmann::json& document, const CampaignDefinition& definition);
// The first thing in it that points nowhere, or empty.
std::string rulebook_problem(const CampaignDefinition& definition);

}  // namespace countersign::ledger
