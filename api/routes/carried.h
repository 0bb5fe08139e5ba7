// How much of a table was carried forward, in the answers that tell of it.
#pragma once

#include "api/routes/endpoint.h"
#include "ledger/domain/campaign.h"
#include "projections/carry_forward/queries.h"

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// Rows by what became of them; null: nothing was carried forward.
nlohmann::json carried_json(const projections::TableProvenance& table);
// Whether the previous edition's rows can be brought into the table now, as far as the data go.
ledger::Result<bool> can_carry(const ledger::CampaignDefinition& campaign,
                               const projections::TableProvenance& table, Services& services);
// Adds both to a task as "carried" and "can_carry".
ledger::Result<void> add_carried(nlohmann::json& task, const ledger::CampaignDefinition& campaign,
                                 const projections::TableProvenance& table, Services& services);

}  // namespace countersign::api
