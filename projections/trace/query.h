#pragma once

#include "projections/trace/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredTrace final : public TraceQueries {
 public:
  explicit StoredTrace(const LiveStore& store) : store_(store) {}

  ledger::Result<Page<CellChange>> changes(const ChangeFilter& filter,
                                           const PageRequest& page) const override;
  ledger::Result<Page<Act>> acts(const EntryFilter& filter, const PageRequest& page) const override;
  ledger::Result<Blame> blame(const std::string& campaign, const std::string& table,
                              std::optional<ledger::TreeSize> size,
                              const PageRequest& page) const override;
  ledger::Result<Difference> diff(const std::string& campaign, const std::string& table,
                                  ledger::TreeSize from, ledger::TreeSize to,
                                  const PageRequest& page) const override;
  ledger::Result<Page<LateChange>> late_changes(const EntryFilter& filter,
                                                const Milestone& milestone,
                                                const PageRequest& page) const override;
  ledger::Result<ledger::TreeSize> size_at_statement(const std::string& campaign,
                                                     const std::string& table,
                                                     const std::string& level,
                                                     const std::string& person,
                                                     std::uint32_t version) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
