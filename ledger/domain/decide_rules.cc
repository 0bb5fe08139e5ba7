// Decisions on what the rules found: runs, explanations, and rules that were wrong.
#include "ledger/domain/decide_context.h"
#include "ledger/domain/rule_guards.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

Refusal moved_on(const TaskContext& at, const VersionRef& named) {
  return refuse(RefusalCode::version_moved_on, {{"table", at.table->key.value},
                                                {"named", std::to_string(named.number)},
                                                {"current", std::to_string(at.task->draft)}});
}

// The number that the content as it is has or will have.
std::uint32_t number_of_content(const Task& task) { return task.draft; }

bool is_unknown_rule(const TaskContext& at, const std::string& id) {
  const Rule* rule = at.campaign->rule(id);
  return rule == nullptr || rule->check_of(at.table->key) == nullptr;
}

std::optional<Refusal> refuse_open_findings(const TaskContext& at, const Validation& run) {
  std::string open;
  for (const auto& [rule, outcome] : run.outcomes) {
    if (outcome.severity != Severity::blocking || outcome.open == 0) continue;
    if (!open.empty()) open += ", ";
    open += rule + " (" + std::to_string(outcome.open) + ")";
  }
  if (open.empty()) return std::nullopt;
  return refuse(RefusalCode::findings_open, {{"table", at.table->key.value}, {"rules", open}});
}

}  // namespace

bool has_rules(const TaskContext& at) {
  return std::any_of(at.campaign->rules.begin(), at.campaign->rules.end(), [&](const Rule& rule) {
    return rule.check_of(at.table->key) != nullptr &&
           !is_withdrawn(*at.campaign_state, rule.id, rule.version);
  });
}

std::optional<Refusal> refuse_unvalidated(const DecideContext& context, const TaskContext& at,
                                          const VersionRef& version) {
  if (!has_rules(at)) return std::nullopt;
  const std::uint32_t revision = context.directory().campaigns.at(at.campaign->id).revision;
  const auto& run = at.task->validation;
  if (!run || run->version.hash != version.hash || run->definition_revision != revision) {
    return refuse(RefusalCode::validation_missing, {{"table", at.table->key.value}});
  }
  return refuse_open_findings(at, *run);
}

std::optional<Refusal> refuse_unexplained(const TaskContext& at) {
  const auto& all = at.task->explanations;
  const auto pending = std::count_if(all.begin(), all.end(), [&](const auto& one) {
    return one.second.status == Explanation::Status::proposed &&
           !is_withdrawn(*at.campaign_state, one.second.rule, one.second.rule_version);
  });
  if (pending > 0) {
    return refuse(RefusalCode::explanations_pending,
                  {{"table", at.table->key.value}, {"count", std::to_string(pending)}});
  }
  const auto& run = at.task->validation;
  const auto& submitted = at.task->submitted_version;
  if (!run || !submitted || run->version.hash != submitted->hash) return std::nullopt;
  return refuse_open_findings(at, *run);
}

Decided decide(const DecideContext& context, const RecordValidation& command) {
  auto actor = context.system_actor();
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  const std::uint32_t revision = context.directory().campaigns.at(command.campaign).revision;
  if (command.definition_revision != revision) {
    return refuse(RefusalCode::definition_moved_on, {{"current", std::to_string(revision)}});
  }
  const bool changed_since =
      at.task->content_index && *at.task->content_index >= command.computed_at;
  if (command.version.number != number_of_content(*at.task) || changed_since) {
    return moved_on(at, command.version);
  }
  return decision_of(
      std::get<Actor>(actor),
      ValidationRun{command.campaign, command.table, command.version, command.computed_at,
                    command.definition_revision, command.outcomes, command.findings},
      0);
}

Decided decide(const DecideContext& context, const ExplainFinding& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.role == Role::filler && hat.department == at.table->owner;
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (auto refusal = refuse_unless_open(at)) return std::move(*refusal);
  if (is_unknown_rule(at, command.rule)) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "rule"}});
  }
  const Rule& rule = *at.campaign->rule(command.rule);
  if (is_withdrawn(*at.campaign_state, rule.id, rule.version)) {
    return refuse(RefusalCode::rule_withdrawn, {{"rule", rule.cited()}});
  }
  const auto& run = at.task->validation;
  const auto outcome = run ? run->outcomes.find(rule.id) : decltype(run->outcomes.end())();
  if (!run || outcome == run->outcomes.end() || command.covers == 0 ||
      outcome->second.open < command.covers || outcome->second.version != rule.version) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "open finding"}});
  }
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  if (rule.needs_evidence && command.evidence.empty()) {
    return refuse(RefusalCode::evidence_missing, {{"requirements", rule.cited()}});
  }
  return decision_of(std::get<Actor>(actor),
                     FindingExplained{command.campaign, command.table, rule.id, rule.version,
                                      run->by, command.column, command.covers, command.row,
                                      command.reason, command.evidence},
                     0);
}

Decided decide(const DecideContext& context, const DecideExplanation& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  const ApprovalLevel& level = at.campaign->approval_chain.front();
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.role == level.role && (level.school_wide || hat.department == at.table->owner);
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (at.campaign_state->frozen) return refuse(RefusalCode::campaign_frozen);
  const auto named = at.task->explanations.find(command.explanation);
  if (named == at.task->explanations.end()) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "explanation"}});
  }
  const Explanation& explanation = named->second;
  if (explanation.status != Explanation::Status::proposed) {
    return refuse(RefusalCode::already_exists, {{"subject", "answer"}});
  }
  const Actor& who = std::get<Actor>(actor);
  if (who.person == explanation.proposer || who.on_behalf_of == explanation.proposer) {
    return refuse(RefusalCode::same_person, {{"table", command.table.value}});
  }
  if (!command.accepted && command.reason.empty()) return refuse(RefusalCode::reason_missing);
  const auto payload = command.reason.empty() ? std::nullopt : std::optional<std::size_t>(0);
  return decision_of(who,
                     ExplanationDecided{command.campaign, command.table, command.explanation,
                                        command.accepted, command.reason},
                     payload);
}

Decided decide(const DecideContext& context, const WithdrawRule& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor_with_role(command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const Rule* rule = campaign->rule(command.rule);
  // A version before the present one can still have findings and facts that rest on it.
  if (rule == nullptr || command.version == 0 || command.version > rule->version) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "rule version"}});
  }
  const CampaignState& state = context.state.campaigns.at(command.campaign);
  if (is_withdrawn(state, command.rule, command.version)) {
    return refuse(RefusalCode::already_exists, {{"subject", "withdrawal"}});
  }
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  return decision_of(std::get<Actor>(actor),
                     RuleWithdrawn{command.campaign, command.rule, command.version, command.reason},
                     0);
}

}  // namespace countersign::ledger
