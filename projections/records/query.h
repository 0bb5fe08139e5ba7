#pragma once

#include "projections/records/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredRecords final : public RecordQueries {
 public:
  explicit StoredRecords(const LiveStore& store) : store_(store) {}

  ledger::Result<DepartmentRecord> department(const std::string& department,
                                              ledger::Timestamp now) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
