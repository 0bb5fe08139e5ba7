#pragma once

#include "projections/proceedings/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredProceedings final : public ProceedingQueries {
 public:
  explicit StoredProceedings(const LiveStore& store) : store_(store) {}

  ledger::Result<CampaignProceedings> proceedings(const std::string& campaign) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
