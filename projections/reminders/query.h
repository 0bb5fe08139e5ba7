#pragma once

#include "projections/reminders/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredReminders final : public ReminderQueries {
 public:
  explicit StoredReminders(const LiveStore& store) : store_(store) {}

  ledger::Result<std::vector<ChaseRecord>> chases(const std::string& campaign) const override;
  ledger::Result<std::vector<OwingUnit>> chase_list(const std::string& campaign,
                                                    ledger::Timestamp now,
                                                    ledger::Timestamp until) const override;
  ledger::Result<std::vector<ReadinessRecord>> readiness(
      const std::string& campaign) const override;
  ledger::Result<std::vector<OutageRecord>> outages(const std::string& campaign) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
