#pragma once

#include "projections/cases/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredCases final : public CaseQueries {
 public:
  explicit StoredCases(const LiveStore& store) : store_(store) {}

  ledger::Result<std::vector<CaseRecord>> cases(const std::string& campaign) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
