#pragma once

#include "projections/subjects/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredSubjects final : public SubjectQueries {
 public:
  explicit StoredSubjects(const LiveStore& store) : store_(store) {}

  ledger::Result<std::vector<OwnRow>> rows_about(const std::string& campaign,
                                                 const std::string& table,
                                                 const std::string& column,
                                                 const std::string& number) const override;
  ledger::Result<Page<CorrectionRecord>> corrections(const CorrectionFilter& filter,
                                                     const PageRequest& page) const override;
  ledger::Result<CorrectionRecord> correction(const std::string& campaign, const std::string& table,
                                              ledger::LeafIndex index) const override;
  ledger::Result<bool> changes(ledger::LeafIndex index, const std::string& campaign,
                               const std::string& table, const std::string& row) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
