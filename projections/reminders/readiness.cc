#include "projections/reminders/readiness.h"

#include <algorithm>

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;

Result<std::vector<LeafIndex>> load_unready(Database& store, const std::string& campaign,
                                            const std::string& table,
                                            const std::vector<ledger::ReadinessKind>& asked,
                                            ledger::Timestamp due) {
  std::vector<LeafIndex> entries;
  for (const auto kind : asked) {
    auto query = store.query(
        "SELECT coalesce(t.opened_by, t.assigned_by), t.opened_at, r.idx, r.at FROM tasks t"
        " LEFT JOIN readiness r ON r.campaign = t.campaign AND r.department = t.department"
        "  AND r.what = ?3 WHERE t.campaign = ?1 AND t.tbl = ?2 ORDER BY r.idx LIMIT 1");
    query.bind(campaign, table, ledger::to_string(kind));
    CS_TRY(const bool found, query.step());
    if (!found) continue;
    if (query.is_null(2)) {
      entries.push_back(query.index(0));
      continue;
    }
    const auto at = query.instant(3);
    const auto opened = query.maybe_instant(1);
    if (at >= due || (opened && at > *opened)) entries.push_back(query.index(2));
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return entries;
}

}  // namespace countersign::projections
