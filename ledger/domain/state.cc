#include "ledger/domain/state.h"

#include <array>

namespace countersign::ledger {

std::string_view to_string(TaskStatus status) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "assigned", "blocked", "open", "filling", "submitted", "approved", "returned"};
  return kNames[static_cast<std::size_t>(status)];
}

const Task* State::task(const CampaignId& campaign, const TableKey& table) const {
  const auto found = campaigns.find(campaign);
  if (found == campaigns.end()) return nullptr;
  const auto task = found->second.tasks.find(table);
  return task == found->second.tasks.end() ? nullptr : &task->second;
}

}  // namespace countersign::ledger
