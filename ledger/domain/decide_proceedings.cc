// Decisions on the campaign as a whole: what lies before the deciding bodies and what they resolve,
// corrections after that, freezing, handing over, and the receiver's answers.
#include "ledger/domain/decide_context.h"

#include <algorithm>
#include <array>

namespace countersign::ledger {

namespace {

constexpr std::array<std::string_view, 3> kResolutions = {"approved", "approved_with_opinions",
                                                          "sent_back"};
constexpr std::size_t kNamedMax = 5;  // tables that a refusal names

struct CampaignContext {
  const CampaignDefinition* definition = nullptr;
  const CampaignState* state = nullptr;
  Actor actor;
};

// The campaign, and the actor under a hat of this role. Rights come before everything else.
std::variant<CampaignContext, Refusal> campaign_for(const DecideContext& context,
                                                    const CampaignId& campaign, Role role) {
  CampaignContext at;
  at.definition = context.directory().campaign(campaign);
  if (at.definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor_with_role(campaign, role);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  at.actor = std::get<Actor>(actor);
  at.state = &context.state.campaigns.at(campaign);
  return at;
}

std::optional<Refusal> refuse_unsettled(const CampaignContext& at) {
  std::size_t count = 0;
  std::string tables;
  for (const auto& [key, task] : at.state->tasks) {
    if (is_settled(*at.definition, task)) continue;
    if (count++ < kNamedMax) tables += (tables.empty() ? "" : ", ") + key.value;
  }
  if (count > kNamedMax) tables += ", …";
  if (count == 0 && !at.state->tasks.empty()) return std::nullopt;
  return refuse(RefusalCode::tables_unsettled,
                {{"count", std::to_string(count)}, {"tables", tables}});
}

// Once the body that decides on rectification plans has had its turn, none may be open.
std::optional<Refusal> refuse_unsettled_plans(const CampaignContext& at, std::size_t turn) {
  const auto& bodies = at.definition->bodies;
  const auto decides = std::find_if(bodies.begin(), bodies.end(),
                                    [](const DecidingBody& body) { return body.decides_plans; });
  if (decides == bodies.end() || turn <= static_cast<std::size_t>(decides - bodies.begin()) ||
      plans_settled(*at.state)) {
    return std::nullopt;
  }
  std::string indicators;
  for (const auto& [indicator, plan] : at.state->plans) {
    if (is_settled(*at.state, indicator, plan)) continue;
    indicators += (indicators.empty() ? "" : ", ") + indicator;
  }
  return refuse(RefusalCode::plans_unsettled, {{"indicators", indicators}});
}

// The body must be the one whose turn it is.
std::optional<Refusal> refuse_out_of_turn(const CampaignContext& at, const DecidingBody& body) {
  if (at.state->frozen) return refuse(RefusalCode::campaign_frozen);
  const std::size_t turn = at.state->bodies_passed;
  const auto position = static_cast<std::size_t>(&body - at.definition->bodies.data());
  if (position < turn) return refuse(RefusalCode::already_exists, {{"subject", "decision"}});
  if (position > turn) {
    return refuse(RefusalCode::body_out_of_order, {{"body", at.definition->bodies[turn].id.value}});
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_due(const DecideContext& context, std::optional<Timestamp> due,
                                  const std::string& table) {
  if (!due) return refuse(RefusalCode::due_missing);
  if (*due <= context.now) return refuse(RefusalCode::due_in_past, {{"table", table}});
  return std::nullopt;
}

std::optional<Refusal> refuse_opinions(const DecideContext& context, const CampaignContext& at,
                                       const DecideCampaign& command) {
  if (command.outcome == Resolution::approved) {
    if (command.opinions.empty()) return std::nullopt;
    return refuse(RefusalCode::opinions_misplaced);
  }
  const bool each_says_something =
      std::all_of(command.opinions.begin(), command.opinions.end(), [&](const Opinion& opinion) {
        return !opinion.text.empty() && at.state->tasks.contains(opinion.table);
      });
  if (command.opinions.empty() || !each_says_something) {
    return refuse(RefusalCode::opinion_names_nothing);
  }
  return refuse_due(context, command.due, command.opinions.front().table.value);
}

// Each table once, in the order of their keys.
std::vector<TableKey> tables_of(const std::vector<Opinion>& opinions) {
  std::set<TableKey> tables;
  for (const Opinion& opinion : opinions) tables.insert(opinion.table);
  return {tables.begin(), tables.end()};
}

}  // namespace

std::string_view to_string(Resolution resolution) {
  return kResolutions[static_cast<std::size_t>(resolution)];
}

std::optional<Resolution> resolution_from(std::string_view text) {
  const auto found = std::find(kResolutions.begin(), kResolutions.end(), text);
  if (found == kResolutions.end()) return std::nullopt;
  return static_cast<Resolution>(found - kResolutions.begin());
}

Decided decide(const DecideContext& context, const TableCampaign& command) {
  auto found = campaign_for(context, command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  const DecidingBody* body = at.definition->body(command.body);
  if (body == nullptr) return refuse(RefusalCode::unknown_subject, {{"subject", "body"}});
  if (auto refusal = refuse_out_of_turn(at, *body)) return std::move(*refusal);
  if (auto refusal = refuse_unsettled(at)) return std::move(*refusal);
  if (auto refusal = refuse_unsettled_plans(at, at.state->bodies_passed)) {
    return std::move(*refusal);
  }
  return decision_of(at.actor, CampaignTabled{command.campaign, command.body, command.report}, 0);
}

Decided decide(const DecideContext& context, const DecideCampaign& command) {
  const CampaignDefinition* definition = context.directory().campaign(command.campaign);
  if (definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  const DecidingBody* body = definition->body(command.body);
  if (body == nullptr) return refuse(RefusalCode::unknown_subject, {{"subject", "body"}});
  auto found = campaign_for(context, command.campaign, body->role);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (auto refusal = refuse_out_of_turn(at, *body)) return std::move(*refusal);
  if (!at.state->tabled || at.state->tabled->report != command.report) {
    return refuse(RefusalCode::not_tabled, {{"body", command.body.value}});
  }
  // A table may have been changed while the report lay before the body, and a plan come due.
  if (auto refusal = refuse_unsettled(at)) return std::move(*refusal);
  if (auto refusal = refuse_unsettled_plans(at, at.state->bodies_passed)) {
    return std::move(*refusal);
  }
  if (command.attended < body->quorum) {
    return refuse(RefusalCode::quorum_missing, {{"attended", std::to_string(command.attended)},
                                                {"quorum", std::to_string(body->quorum)}});
  }
  if (command.minutes.title.empty()) return refuse(RefusalCode::minutes_missing);
  if (command.outcome == Resolution::sent_back && !body->may_send_back) {
    return refuse(RefusalCode::may_not_send_back, {{"body", command.body.value}});
  }
  if (auto refusal = refuse_opinions(context, at, command)) return std::move(*refusal);
  const bool corrections = command.outcome != Resolution::approved;
  return decision_of(
      at.actor,
      CampaignDecided{command.campaign, command.body, command.report, command.outcome,
                      command.attended, command.minutes, tables_of(command.opinions),
                      command.opinions, corrections ? command.due : std::nullopt},
      0);
}

Decided decide(const DecideContext& context, const GrantException& command) {
  auto found = campaign_for(context, command.campaign, Role::centre_office);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  auto named = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&named)) return std::move(*refusal);
  const TaskContext& task = std::get<TaskContext>(named);
  if (at.state->frozen) return refuse(RefusalCode::campaign_frozen);
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  // What may be changed anyway needs no exception.
  if (!refuse_unless_open(task)) {
    return refuse(RefusalCode::already_exists, {{"subject", "open window"}});
  }
  if (auto refusal = refuse_due(context, command.due, command.table.value)) {
    return std::move(*refusal);
  }
  return decision_of(
      at.actor, ExceptionGranted{command.campaign, command.table, command.due, command.reason}, 0);
}

Decided decide(const DecideContext& context, const FreezeCampaign& command) {
  auto found = campaign_for(context, command.campaign, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (at.state->frozen) return refuse(RefusalCode::campaign_frozen);
  if (at.state->bodies_passed < at.definition->bodies.size()) {
    return refuse(RefusalCode::body_out_of_order,
                  {{"body", at.definition->bodies[at.state->bodies_passed].id.value}});
  }
  if (auto refusal = refuse_unsettled(at)) return std::move(*refusal);
  if (auto refusal = refuse_unsettled_plans(at, at.state->bodies_passed)) {
    return std::move(*refusal);
  }
  // What is frozen is what was signed, table by table.
  auto named = command.versions.begin();
  for (const auto& [key, task] : at.state->tasks) {
    const bool same = named != command.versions.end() && named->table == key &&
                      named->version.number == task.submitted_version->number &&
                      named->version.hash == task.submitted_version->hash;
    if (!same) {
      return refuse(
          RefusalCode::version_moved_on,
          {{"table", key.value},
           {"named", named == command.versions.end() ? "-" : std::to_string(named->version.number)},
           {"current", std::to_string(task.submitted_version->number)}});
    }
    ++named;
  }
  if (named != command.versions.end()) {
    return refuse(RefusalCode::task_not_assigned, {{"table", named->table.value}});
  }
  return decision_of(at.actor, CampaignFrozen{command.campaign, command.hash, command.versions}, 0);
}

Decided decide(const DecideContext& context, const SubmitCampaign& command) {
  auto found = campaign_for(context, command.campaign, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (!at.state->frozen) return refuse(RefusalCode::not_frozen);
  if (at.state->submitted) return refuse(RefusalCode::already_exists, {{"subject", "submission"}});
  if (command.receipt.title.empty()) return refuse(RefusalCode::reason_missing);
  const auto due =
      at.definition->submission ? std::optional(at.definition->submission->due) : std::nullopt;
  return decision_of(
      at.actor, CampaignSubmitted{command.campaign, *at.state->frozen, command.receipt, due}, 0);
}

Decided decide(const DecideContext& context, const AcceptCampaign& command) {
  auto found = campaign_for(context, command.campaign, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (!at.state->submitted) return refuse(RefusalCode::not_submitted);
  if (at.state->accepted) return refuse(RefusalCode::already_exists, {{"subject", "acceptance"}});
  if (command.notice.title.empty()) return refuse(RefusalCode::reason_missing);
  return decision_of(at.actor, CampaignAccepted{command.campaign, command.notice}, 0);
}

Decided decide(const DecideContext& context, const ReopenCampaign& command) {
  auto found = campaign_for(context, command.campaign, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (!at.state->submitted) return refuse(RefusalCode::not_submitted);
  if (command.order.title.empty()) return refuse(RefusalCode::reason_missing);
  for (const TableKey& table : command.tables) {
    if (!at.state->tasks.contains(table)) {
      return refuse(RefusalCode::unknown_table, {{"table", table.value}});
    }
  }
  if (command.tables.empty()) return refuse(RefusalCode::unknown_table, {{"table", ""}});
  if (auto refusal = refuse_due(context, command.due, command.tables.front().value)) {
    return std::move(*refusal);
  }
  const std::set<TableKey> tables(command.tables.begin(), command.tables.end());
  return decision_of(
      at.actor,
      CampaignReopened{
          command.campaign, command.order, {tables.begin(), tables.end()}, command.due},
      0);
}

}  // namespace countersign::ledger
