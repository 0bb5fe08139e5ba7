#include "ledger/domain/state.h"

#include <algorithm>
#include <array>

namespace countersign::ledger {

std::string_view to_string(TaskStatus status) {
  static constexpr std::array<std::string_view, 8> kNames = {"assigned", "blocked",      "open",
                                                             "filling",  "submitted",    "approved",
                                                             "returned", "final_filling"};
  return kNames[static_cast<std::size_t>(status)];
}

bool is_settled(const CampaignDefinition& definition, const Task& task) {
  if (task.status != TaskStatus::approved) return false;
  std::size_t needed = definition.approval_chain.size();
  if (task.reopening) {
    if (const auto position = definition.level_position(task.reopening->through)) {
      needed = *position + 1;
    }
  }
  return task.approvals_in_force >= needed;
}

bool is_withdrawn(const CampaignState& campaign, const std::string& rule, std::uint32_t version) {
  return campaign.withdrawn_rules.contains(rule + "@" + std::to_string(version));
}

bool is_settled(const CampaignState& campaign, const std::string& indicator,
                const RectificationPlan& plan) {
  if (plan.status != RectificationPlan::Status::due) {
    return plan.status == RectificationPlan::Status::accepted;
  }
  const auto standing = campaign.indicators.find(indicator);
  return standing != campaign.indicators.end() && passes(standing->second.result);
}

bool plans_settled(const CampaignState& campaign) {
  return std::all_of(campaign.plans.begin(), campaign.plans.end(),
                     [&](const auto& one) { return is_settled(campaign, one.first, one.second); });
}

const Task* State::task(const CampaignId& campaign, const TableKey& table) const {
  const auto found = campaigns.find(campaign);
  if (found == campaigns.end()) return nullptr;
  const auto task = found->second.tasks.find(table);
  return task == found->second.tasks.end() ? nullptr : &task->second;
}

}  // namespace countersign::ledger
