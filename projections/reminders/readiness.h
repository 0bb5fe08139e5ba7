// Whether a department had been given in time what a campaign says it must have.
#pragma once

#include "ledger/domain/campaign.h"
#include "projections/view_store.h"

#include <string>
#include <vector>

namespace countersign::projections {

// The entries that show that something asked for came only after the table could be filled, not
// before it was due, or never: what came too late, and for what never came the opening of the table
// (or its assignment). None: the department had everything.
ledger::Result<std::vector<ledger::LeafIndex>> load_unready(
    Database& store, const std::string& campaign, const std::string& table,
    const std::vector<ledger::ReadinessKind>& asked, ledger::Timestamp due);

}  // namespace countersign::projections
