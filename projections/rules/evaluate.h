// Running a table's rules over the tables as they are. Private to projections.
#pragma once

#include "projections/rules/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// Rules that were withdrawn are left out; a broken one says so in its outcome.
ledger::Result<TableFindings> evaluate_rules(Database& store,
                                             const ledger::CampaignDefinition& definition,
                                             const ledger::CampaignDefinition* previous,
                                             const ledger::TableKey& table);

}  // namespace countersign::projections
