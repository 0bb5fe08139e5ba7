#pragma once

#include "projections/bulletins/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredBulletins final : public BulletinQueries {
 public:
  explicit StoredBulletins(const LiveStore& store) : store_(store) {}

  ledger::Result<std::vector<BulletinRecord>> bulletins(const std::string& campaign) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
