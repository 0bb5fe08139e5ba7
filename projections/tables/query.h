#pragma once

#include "projections/tables/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredTables final : public TableQueries {
 public:
  explicit StoredTables(const LiveStore& store) : store_(store) {}

  ledger::Result<Page<CurrentRow>> rows(const std::string& campaign, const std::string& table,
                                        const RowFilter& filter,
                                        const PageRequest& page) const override;
  ledger::Result<CurrentRow> row(const std::string& campaign, const std::string& table,
                                 const std::string& key) const override;
  ledger::Result<ledger::TreeSize> each_row(
      const std::string& campaign, const std::string& table, std::optional<ledger::TreeSize> size,
      const RowFilter& filter, const std::function<bool(const CurrentRow&)>& visit) const override;
  ledger::Result<ledger::TreeSize> each_row_text(
      const std::string& campaign, const std::string& table, std::optional<ledger::TreeSize> size,
      const std::function<bool(const CurrentRowText&)>& visit) const override;
  ledger::Result<ledger::TreeSize> size_at(ledger::Timestamp instant) const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
