// One task read whole from the store; what both the task and the department answers are made of.
#pragma once

#include "projections/deadlines/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// By due instant, then table. Empty `department` or `table`: all.
ledger::Result<std::vector<TaskDeadline>> load_tasks(Database& store, const std::string& campaign,
                                                     const std::string& department,
                                                     const std::string& table,
                                                     ledger::Timestamp now);

//   Errc::not_found   no such campaign
ledger::Result<void> require_campaign(Database& store, const std::string& campaign);

}  // namespace countersign::projections
