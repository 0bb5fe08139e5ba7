#pragma once

#include "projections/statistics/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredStatistics final : public StatisticsQueries {
 public:
  explicit StoredStatistics(const LiveStore& store) : store_(store) {}

  ledger::Result<Statistics> statistics(const StatisticsRequest& request) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
