#pragma once

#include "projections/accountability/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredFacts final : public AccountabilityQueries {
 public:
  explicit StoredFacts(const LiveStore& store) : store_(store) {}

  ledger::Result<Page<AccountabilityFact>> facts(const FactFilter& filter,
                                                 const PageRequest& page) const override;
  ledger::Result<AccountabilityFact> fact(const std::string& id) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
