// Which tables wait for their departments; what reminders and chase lists are made of.
#pragma once

#include "projections/deadlines/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// By campaign, department, table. Empty `campaign`: of all.
ledger::Result<std::vector<OpenTask>> load_open_tasks(Database& store, const std::string& campaign);

}  // namespace countersign::projections
