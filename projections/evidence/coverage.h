// What a requirement lacks, at the moment the store is at.
#pragma once

#include "projections/evidence/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

ledger::Result<EvidenceCoverage> load_coverage(Database& store, const std::string& campaign,
                                               const ledger::EvidenceRequirement& requirement);

}  // namespace countersign::projections
