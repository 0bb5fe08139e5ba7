#pragma once

#include "projections/evidence/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredEvidence final : public EvidenceQueries {
 public:
  explicit StoredEvidence(const LiveStore& store) : store_(store) {}

  ledger::Result<EvidenceList> evidence(const std::string& campaign,
                                        const std::string& table) const override;
  ledger::Result<EvidenceRecord> piece(const std::string& campaign,
                                       ledger::LeafIndex id) const override;
  ledger::Result<CoverageList> coverage(const ledger::CampaignDefinition& definition,
                                        const std::string& table) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
