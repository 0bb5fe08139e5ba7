#include "ledger/log/event_log.h"

namespace countersign::ledger {

Result<void> EventLog::RowView::rows(
    std::string_view campaign, std::string_view table, std::span<const std::string_view> keys,
    const std::function<void(std::size_t, std::optional<RowHead>)>& visit) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    CS_TRY(auto head, row(campaign, table, keys[i]));
    visit(i, std::move(head));
  }
  return {};
}

Result<void> EventLog::RowView::keys(
    std::string_view campaign, std::string_view table,
    const std::function<bool(std::string_view)>& visit) const {
  return scan(campaign, table, [&](std::string_view key, const RowHead& head) {
    return head.removed || visit(key);
  });
}

}  // namespace countersign::ledger
