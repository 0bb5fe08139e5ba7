#include "ledger/domain/process_state.h"

#include <algorithm>
#include <array>

namespace countersign::ledger {

namespace {

constexpr std::string_view kApproved = "approved:";
constexpr std::string_view kTabled = "tabled:";
constexpr std::string_view kDecided = "decided:";

struct Words {
  std::string_view state;
  std::string_view zh;
  std::string_view en;
};

constexpr auto kWords = std::to_array<Words>({
    {"assigned", "已下达", "assigned"},
    {"blocked", "等待上游表", "waits for other tables"},
    {"open", "待填报", "open"},
    {"filling", "填报中", "being filled"},
    {"submitted", "已提交", "submitted"},
    {"returned", "已退回", "returned"},
    {"analysed", "已分析", "analysed"},
    {"plan_due", "待制定整改方案", "plan due"},
    {"plan_drafted", "整改方案待审议", "plan drafted"},
    {"plan_accepted", "整改方案已通过", "plan accepted"},
    {"reopened", "已重新开放", "reopened"},
    {"final_filling", "最终填报", "final filling"},
    {"final_confirmed", "最终确认", "finally confirmed"},
    {"frozen", "已冻结", "frozen"},
    {"handed_over", "已报送", "handed over"},
    {"accepted", "上级已接收", "accepted by the receiver"},
});

bool reads(const CampaignDefinition& definition, const Indicator& indicator,
           const TableKey& table) {
  return std::any_of(indicator.quantities.begin(), indicator.quantities.end(),
                     [&](const std::string& id) {
                       const Quantity* quantity = definition.quantity(id);
                       return quantity != nullptr &&
                              std::find(quantity->reads.begin(), quantity->reads.end(), table) !=
                                  quantity->reads.end();
                     });
}

bool is_input(const CampaignDefinition& definition, const TableKey& table) {
  return std::any_of(definition.indicators.begin(), definition.indicators.end(),
                     [&](const Indicator& one) { return reads(definition, one, table); });
}

// The least advanced of the plans that the table's department owes for indicators it goes into.
std::optional<RectificationPlan::Status> plan_of(const CampaignDefinition& definition,
                                    const CampaignState& campaign, const Task& task) {
  std::optional<RectificationPlan::Status> least;
  for (const auto& [id, plan] : campaign.plans) {
    const Indicator* indicator = definition.indicator(id);
    if (indicator == nullptr || plan.department != task.department ||
        !reads(definition, *indicator, task.table)) {
      continue;
    }
    // Of an indicator that passes by now nobody asks for one any more.
    if (plan.status == RectificationPlan::Status::due && is_settled(campaign, id, plan)) continue;
    if (!least || plan.status < *least) least = plan.status;
  }
  return least;
}

std::string text(std::string_view kind, const std::string& id) { return std::string(kind) + id; }

// REQUIRES: a level has passed the table. Ledgers of before `chain_in_use` may hold a revision with
// fewer levels than were passed.
const ApprovalLevel& last_passed(const CampaignDefinition& definition, const Task& task) {
  const auto& chain = definition.approval_chain;
  return chain[std::min(task.approvals_in_force, chain.size()) - 1];
}

// REQUIRES: the table is settled.
std::string settled_state(const CampaignDefinition& definition, const CampaignState& campaign,
                          const Task& task) {
  const bool decided =
      !definition.bodies.empty() && campaign.bodies_passed >= definition.bodies.size();
  if (task.reopening && decided) return "final_confirmed";
  const auto plan = plan_of(definition, campaign, task);
  if (plan == RectificationPlan::Status::due) return "plan_due";
  if (plan == RectificationPlan::Status::drafted) return "plan_drafted";
  if (campaign.tabled && campaign.bodies_passed < definition.bodies.size()) {
    return text(kTabled, definition.bodies[campaign.bodies_passed].id.value);
  }
  if (campaign.bodies_passed > 0 && !definition.bodies.empty()) {
    const auto last = std::min(campaign.bodies_passed, definition.bodies.size()) - 1;
    return text(kDecided, definition.bodies[last].id.value);
  }
  if (plan == RectificationPlan::Status::accepted) return "plan_accepted";
  const bool computed = campaign.computed_by && !task.approvals.empty() &&
                        *campaign.computed_by > task.approvals.back().index;
  if (computed && is_input(definition, task.table)) return "analysed";
  return text(kApproved, last_passed(definition, task).id.value);
}

}  // namespace

std::string process_state(const CampaignDefinition& definition, const CampaignState& campaign,
                          const Task& task) {
  if (campaign.accepted) return "accepted";
  if (campaign.submitted) return "handed_over";
  if (campaign.frozen) return "frozen";
  if (is_settled(definition, task) && task.approvals_in_force > 0) {
    return settled_state(definition, campaign, task);
  }
  if (task.status == TaskStatus::approved && task.approvals_in_force > 0) {
    return text(kApproved, last_passed(definition, task).id.value);
  }
  if (task.status == TaskStatus::final_filling) {
    const bool untouched =
        task.submitted_version && task.draft == task.submitted_version->number;
    return untouched ? "reopened" : "final_filling";
  }
  return std::string(to_string(task.status));
}

BilingualText process_state_name(const CampaignDefinition& definition, std::string_view state) {
  if (state.starts_with(kApproved)) {
    const auto* level = definition.level(LevelId(std::string(state.substr(kApproved.size()))));
    if (level != nullptr) return level->state;
  }
  for (const auto& [kind, zh, en] : std::to_array<Words>({{kTabled, "已提交审议：", "before "},
                                                           {kDecided, "已审定：", "decided by "}})) {
    if (!state.starts_with(kind)) continue;
    const auto* body = definition.body(BodyId(std::string(state.substr(kind.size()))));
    if (body == nullptr) break;
    return {std::string(zh) + body->name.zh, std::string(en) + body->name.en};
  }
  const auto* found = std::ranges::find(kWords, state, &Words::state);
  if (found == kWords.end()) return {std::string(state), std::string(state)};
  return {std::string(found->zh), std::string(found->en)};
}

}  // namespace countersign::ledger
