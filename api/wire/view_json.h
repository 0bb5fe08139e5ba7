// Answers of the views as JSON. Shapes are those of the OpenAPI document.
#pragma once

#include "ledger/base/time.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"
#include "projections/accountability/queries.h"
#include "projections/bulletins/queries.h"
#include "projections/deadlines/queries.h"
#include "projections/proceedings/queries.h"
#include "projections/tables/queries.h"

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

nlohmann::json to_json(const ledger::Cells& cells);
nlohmann::json to_json(const projections::CurrentRow& row);
// `persons`: whether persons behind the fact may be shown.
nlohmann::json to_json(const projections::AccountabilityFact& fact, bool persons);
nlohmann::json to_json(const projections::BulletinRecord& bulletin);
// `names`: whether personal names may be shown.
nlohmann::json to_json(const projections::TaskDeadline& task, bool names);
nlohmann::json to_json(const projections::DepartmentDeadlines& department);
nlohmann::json to_json(const projections::CampaignDeadlines& campaign);

// `may_read`: whether what is said of a table may be shown.
nlohmann::json to_json(const projections::CampaignProceedings& proceedings,
                       const ledger::CampaignDefinition& campaign,
                       const std::function<bool(const std::string& table)>& may_read, bool names);

}  // namespace countersign::api
