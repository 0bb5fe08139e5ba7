#pragma once

#include "projections/carry_forward/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredCarryForward final : public CarryForwardQueries {
 public:
  explicit StoredCarryForward(const LiveStore& store) : store_(store) {}

  ledger::Result<std::vector<TableProvenance>> tables(const std::string& campaign) const override;
  ledger::Result<TableProvenance> table(const std::string& campaign,
                                        const std::string& table) const override;
  ledger::Result<Page<RowProvenance>> rows(const std::string& campaign, const std::string& table,
                                           const std::string& state,
                                           const PageRequest& page) const override;
  ledger::Result<void> each_untouched(
      const std::string& campaign, const std::string& table,
      const std::function<void(std::string_view key)>& visit) const override;
  ledger::Result<std::optional<SubmittedTable>> last_submitted(
      const std::string& campaign, const std::string& table) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
