// Recording what the indicators came to. The service computes; who may ask for it is the edge's to
// say, whether the figures may stand is decided here.
#include "ledger/domain/decide_context.h"

#include <algorithm>
#include <set>

namespace countersign::ledger {

namespace {

// Tables whose content the indicators computed are made of.
std::set<TableKey> input_tables(const CampaignDefinition& definition,
                                const std::vector<IndicatorValue>& computed) {
  std::set<TableKey> tables;
  for (const IndicatorValue& one : computed) {
    const Indicator* indicator = definition.indicator(one.indicator);
    if (indicator == nullptr) continue;
    for (const std::string& id : indicator->quantities) {
      const Quantity* quantity = definition.quantity(id);
      if (quantity != nullptr) tables.insert(quantity->reads.begin(), quantity->reads.end());
    }
  }
  return tables;
}

// Levels that the present content must have passed: up to the last school-wide one (the first
// review); without one the whole chain; after a reopening no more than that asks for.
std::size_t levels_needed(const CampaignDefinition& definition, const Task& task) {
  const auto& chain = definition.approval_chain;
  const auto last = std::find_if(chain.rbegin(), chain.rend(),
                                 [](const ApprovalLevel& level) { return level.school_wide; });
  std::size_t needed =
      last == chain.rend() ? chain.size() : static_cast<std::size_t>(chain.rend() - last);
  if (task.reopening) {
    if (const auto position = definition.level_position(task.reopening->through)) {
      needed = std::min(needed, *position + 1);
    }
  }
  return needed;
}

std::optional<Refusal> refuse_unsettled_inputs(const CampaignDefinition& definition,
                                               const CampaignState& state,
                                               const std::vector<IndicatorValue>& computed) {
  std::string tables;
  for (const TableKey& table : input_tables(definition, computed)) {
    const auto task = state.tasks.find(table);
    if (task != state.tasks.end() && task->second.status == TaskStatus::approved &&
        task->second.approvals_in_force >= levels_needed(definition, task->second)) {
      continue;
    }
    tables += (tables.empty() ? "" : ", ") + table.value;
  }
  if (tables.empty()) return std::nullopt;
  return refuse(RefusalCode::inputs_unsettled, {{"tables", tables}});
}

// Every input named, once, with the content that was passed and not changed since the figures were
// computed.
std::optional<Refusal> refuse_moved_inputs(const DefinedCampaign& defined,
                                           const CampaignState& state,
                                           const RecordIndicators& command) {
  const std::set<TableKey> wanted = input_tables(*defined.definition, command.indicators);
  std::set<TableKey> named;
  for (const InputTable& input : command.inputs) named.insert(input.table);
  if (named != wanted || named.size() != command.inputs.size()) {
    return refuse(RefusalCode::definition_moved_on,
                  {{"current", std::to_string(defined.revision)}});
  }
  for (const InputTable& input : command.inputs) {
    const Task& task = state.tasks.at(input.table);
    const bool same = task.submitted_version &&
                      task.submitted_version->number == input.version.number &&
                      task.submitted_version->hash == input.version.hash;
    if (same && task.content_index.value_or(0) < command.computed_at) continue;
    return refuse(RefusalCode::version_moved_on, {{"table", input.table.value},
                                                  {"named", std::to_string(input.version.number)},
                                                  {"current", std::to_string(task.draft)}});
  }
  return std::nullopt;
}

}  // namespace

Decided decide(const DecideContext& context, const RecordIndicators& command) {
  auto actor = context.system_actor();
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const auto defined = context.directory().campaigns.find(command.campaign);
  if (defined == context.directory().campaigns.end()) {
    return refuse(RefusalCode::unknown_campaign);
  }
  const CampaignDefinition& definition = *defined->second.definition;
  const CampaignState& state = context.state.campaigns.at(command.campaign);
  const bool all_known = std::all_of(
      command.indicators.begin(), command.indicators.end(),
      [&](const IndicatorValue& one) { return definition.indicator(one.indicator) != nullptr; });
  if (command.indicators.empty() || !all_known) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "indicator"}});
  }
  if (state.frozen) return refuse(RefusalCode::campaign_frozen);
  if (command.definition_revision != defined->second.revision) {
    return refuse(RefusalCode::definition_moved_on,
                  {{"current", std::to_string(defined->second.revision)}});
  }
  if (auto refusal = refuse_unsettled_inputs(definition, state, command.indicators))
    return std::move(*refusal);
  if (auto refusal = refuse_moved_inputs(defined->second, state, command))
    return std::move(*refusal);

  Decision decision = decision_of(
      std::get<Actor>(actor),
      IndicatorsComputed{command.campaign, command.computed_at, command.definition_revision,
                         command.inputs, command.quantities, command.indicators});
  for (const IndicatorValue& one : command.indicators) {
    const Indicator* indicator = definition.indicator(one.indicator);
    const bool missed =
        one.result == IndicatorResult::fails || one.result == IndicatorResult::restricted;
    if (indicator == nullptr || !missed || state.plans.contains(one.indicator)) continue;
    decision.events.push_back(
        {PlanRequired{command.campaign, one.indicator, indicator->department}, {}, true});
  }
  return decision;
}

}  // namespace countersign::ledger
