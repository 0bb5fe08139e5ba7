#pragma once

#include "projections/indicators/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredIndicators final : public IndicatorQueries {
 public:
  explicit StoredIndicators(const LiveStore& store) : store_(store) {}

  ledger::Result<Figures> evaluate(const ledger::CampaignDefinition& definition,
                                   const std::set<std::string>& indicators) const override;
  ledger::Result<LastComputation> last(const std::string& campaign) const override;
  ledger::Result<IndicatorHistory> history(const std::string& campaign,
                                           const ledger::Indicator& indicator) const override;
  ledger::Result<Lineage> cells(const ledger::CampaignDefinition& definition,
                                const ledger::Quantity& quantity,
                                std::optional<ledger::TreeSize> size,
                                const PageRequest& page) const override;
  ledger::Result<PlanList> plans(const std::string& campaign) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
