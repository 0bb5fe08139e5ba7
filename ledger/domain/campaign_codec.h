// Campaign definition to and from JSON (schema: ledger/domain/campaign.schema.json).
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/campaign.h"

#include <memory>
#include <string>
#include <string_view>

namespace countersign::ledger {

// Parses and checks everything the schema and the cross references ask for: ids unique, owners,
// phases, parts, key columns and dependencies exist, no dependency cycle, chain not empty.
//   Errc::malformed   names the JSON pointer and the problem
Result<std::shared_ptr<const CampaignDefinition>> parse_campaign(std::string_view json);

// Canonical JSON; parse_campaign of it gives an equal definition.
std::string encode_campaign(const CampaignDefinition& definition);

}  // namespace countersign::ledger
