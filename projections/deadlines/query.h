#pragma once

#include "projections/deadlines/queries.h"
#include "projections/view_store.h"

#include <memory>
#include <mutex>

namespace countersign::projections {

// `store` must outlive the queries.
class StoredDeadlines final : public DeadlineQueries {
 public:
  explicit StoredDeadlines(const LiveStore& store) : store_(store) {}

  ledger::Result<CampaignDeadlines> campaign(const std::string& campaign,
                                             ledger::Timestamp now) const override;
  ledger::Result<std::vector<DepartmentDeadlines>> departments(
      const std::string& campaign, ledger::Timestamp now) const override;
  ledger::Result<std::vector<TaskDeadline>> tasks(const std::string& campaign,
                                                  const std::string& department,
                                                  ledger::Timestamp now) const override;
  ledger::Result<TaskDeadline> task(const std::string& campaign, const std::string& table,
                                    ledger::Timestamp now) const override;
  ledger::Result<std::optional<ledger::Timestamp>> last_due(
      ledger::Timestamp until) const override;
  ledger::Result<std::shared_ptr<const OpenTasks>> open_tasks() const override;

 private:
  const LiveStore& store_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const OpenTasks> open_tasks_;  // guarded by mutex_; null: none read yet
};

}  // namespace countersign::projections
