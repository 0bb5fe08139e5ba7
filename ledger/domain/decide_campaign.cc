// Decisions on a campaign: its definition, assignment, phases and due instants.
#include "ledger/domain/decide_context.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

// The tables `table` still waits for. A table releases others while a level that releases has
// passed its submitted version; once released they stay so, for taking a started task back would
// charge its department for somebody else's correction.
std::vector<TableKey> open_dependencies(const CampaignDefinition& campaign,
                                        const CampaignState& state, const TableDefinition& table) {
  std::vector<TableKey> open;
  for (const TableKey& key : table.depends_on) {
    const auto upstream = state.tasks.find(key);
    bool released = false;
    if (upstream != state.tasks.end()) {
      for (const Approval& approval : upstream->second.approvals) {
        const ApprovalLevel* level = campaign.level(approval.level);
        released = released || (level != nullptr && level->releases_dependents);
      }
    }
    if (!released) open.push_back(key);
  }
  return open;
}

bool same(const Rule& a, const Rule& b) {
  return a.kind == b.kind && a.severity == b.severity && a.needs_evidence == b.needs_evidence &&
         a.checks == b.checks;
}
bool same(const Quantity& a, const Quantity& b) { return a.reads == b.reads && a.sql == b.sql; }
bool same(const Indicator& a, const Indicator& b) {
  const auto condition = [](const Indicator& one) {
    return one.alternative ? one.alternative->condition : std::string();
  };
  return a.quantities == b.quantities && a.formula == b.formula && a.marks == b.marks &&
         a.lower_is_better == b.lower_is_better && condition(a) == condition(b);
}

// Findings, figures and facts cite versions: what has another meaning has another version.
template <typename List>
std::optional<Refusal> refuse_same_version(const char* what, const List& before,
                                           const List& after) {
  for (const auto& one : after) {
    for (const auto& old : before) {
      if (one.id != old.id) continue;
      if (one.version < old.version || (one.version == old.version && !same(one, old))) {
        return refuse(RefusalCode::version_not_raised,
                      {{"what", std::string(what) + " " + one.id}});
      }
    }
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_versions(const CampaignDefinition& before,
                                       const CampaignDefinition& after) {
  if (auto refusal = refuse_same_version("rule", before.rules, after.rules)) return refusal;
  if (auto refusal = refuse_same_version("quantity", before.quantities, after.quantities)) {
    return refusal;
  }
  return refuse_same_version("indicator", before.indicators, after.indicators);
}

// Passes are counted along the chain, so that another chain would let a level count as passed that
// nobody passed.
bool same_chain(const CampaignDefinition& before, const CampaignDefinition& after) {
  return std::ranges::equal(before.approval_chain, after.approval_chain,
                            [](const ApprovalLevel& a, const ApprovalLevel& b) {
                              return a.id == b.id && a.school_wide == b.school_wide &&
                                     a.releases_dependents == b.releases_dependents;
                            });
}

}  // namespace

Decided decide(const DecideContext& context, const DefineCampaign& command) {
  auto actor = context.actor_with_role({}, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const CampaignDefinition& definition = *command.definition;
  const Directory& directory = context.directory();

  const auto existing = directory.campaigns.find(definition.id);
  const std::uint32_t current =
      existing == directory.campaigns.end() ? 0 : existing->second.revision;
  if (command.base_revision != current) {
    return refuse(RefusalCode::definition_moved_on, {{"current", std::to_string(current)}});
  }
  if (existing != directory.campaigns.end()) {
    if (auto refusal = refuse_versions(*existing->second.definition, definition)) {
      return std::move(*refusal);
    }
  }
  // A definition may not take an account away from the person it belongs to.
  for (const Account& account : definition.accounts) {
    const AccountRecord* record = directory.account(account.id);
    if (record != nullptr && record->account.person != account.person) {
      return refuse(RefusalCode::already_exists, {{"subject", "account " + account.id.value}});
    }
  }
  // Assigned tables stay: their history would lose its meaning.
  if (const auto state = context.state.campaigns.find(definition.id);
      state != context.state.campaigns.end()) {
    for (const auto& [key, task] : state->second.tasks) {
      const TableDefinition* table = definition.table(key);
      if (table == nullptr || table->owner != task.department) {
        return refuse(RefusalCode::wrong_state,
                      {{"table", key.value}, {"state", std::string(to_string(task.status))}});
      }
      if (!task.approvals.empty() && !same_chain(*existing->second.definition, definition)) {
        return refuse(RefusalCode::chain_in_use, {{"table", key.value}});
      }
    }
  }
  return decision_of(
      std::get<Actor>(actor),
      CampaignDefined{definition.id, current + 1, command.definition_hash, command.definition}, 0);
}

Decided decide(const DecideContext& context, const AssignTasks& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor_with_role(command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);

  std::vector<const TableDefinition*> tables;
  if (command.tables.empty()) {
    for (const TableDefinition& table : campaign->tables) tables.push_back(&table);
  }
  for (const TableKey& key : command.tables) {
    tables.push_back(campaign->table(key));
    if (tables.back() == nullptr) return refuse(RefusalCode::unknown_table, {{"table", key.value}});
  }
  const CampaignState& state = context.state.campaigns.at(command.campaign);
  std::erase_if(tables, [&](const auto* table) { return state.tasks.contains(table->key); });
  if (tables.empty()) return refuse(RefusalCode::already_exists, {{"subject", "assignment"}});

  Decision decision{std::get<Actor>(actor), {}};
  for (const TableDefinition* table : tables) {
    decision.events.push_back(
        {TaskAssigned{command.campaign, table->key, table->owner, table->due, campaign->notice},
         std::nullopt, false});
  }
  for (const TableDefinition* table : tables) {
    auto open = open_dependencies(*campaign, state, *table);
    if (open.empty()) continue;
    decision.events.push_back(
        {TaskBlocked{command.campaign, table->key, std::move(open)}, std::nullopt, true});
  }
  return decision;
}

Decided decide(const DecideContext& context, const OpenPhase& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor_with_role(command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (campaign->phase(command.phase) == nullptr) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "phase"}});
  }
  if (context.state.campaigns.at(command.campaign).open_phases.contains(command.phase)) {
    return refuse(RefusalCode::already_exists, {{"subject", "open phase"}});
  }
  return decision_of(std::get<Actor>(actor), PhaseOpened{command.campaign, command.phase});
}

Decided decide(const DecideContext& context, const ClosePhase& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor_with_role(command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const CampaignState& state = context.state.campaigns.at(command.campaign);
  if (!state.open_phases.contains(command.phase)) {
    return refuse(RefusalCode::window_closed, {{"phase", command.phase.value}});
  }
  PhaseClosed event{command.campaign, command.phase, {}};
  for (const auto& [key, task] : state.tasks) {
    if (!task.ever_submitted && campaign->table(key)->phase == command.phase) {
      event.undelivered.push_back(key);
    }
  }
  return decision_of(std::get<Actor>(actor), std::move(event));
}

Decided decide(const DecideContext& context, const MoveDue& command) {
  auto actor = context.actor_with_role(command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  Decision decision{std::get<Actor>(actor), {}};
  for (const TableKey& key : command.tables) {
    auto found = find_task(context, command.campaign, key);
    if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
    const Task& task = *std::get<TaskContext>(found).task;
    // An extension excuses only if it was granted before the old instant had passed.
    if (command.due <= context.now || task.due < context.envelope.received_at) {
      return refuse(RefusalCode::due_in_past, {{"table", key.value}});
    }
    decision.events.push_back(
        {DueMoved{command.campaign, key, task.due, command.due, command.reason},
         decision.events.size(), false});
  }
  if (decision.events.empty()) return refuse(RefusalCode::unknown_table, {{"table", ""}});
  return decision;
}

}  // namespace countersign::ledger
