// Decisions on versions: submission, approval along the chain, return.
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

Refusal wrong_state(const TaskContext& at) {
  return refuse(RefusalCode::wrong_state, {{"table", at.table->key.value},
                                           {"state", std::string(to_string(at.task->status))}});
}

// A statement is the actor's own: signed with the key enrolled for that very person.
std::optional<Refusal> refuse_signature(const DecideContext& context, const Actor& actor,
                                        const SignOff& sign_off) {
  const KeyRecord* key = context.directory().current_key(actor.person);
  if (key == nullptr) {
    return refuse(RefusalCode::signature_not_valid, {{"why", "no key is enrolled"}});
  }
  if (key->public_key != sign_off.public_key) {
    return refuse(RefusalCode::signature_not_valid, {{"why", "not the person's present key"}});
  }
  return std::nullopt;
}

// The version under approval must be the one named, with nothing changed since.
std::optional<Refusal> refuse_other_version(const TaskContext& at, const VersionRef& named) {
  const Task& task = *at.task;
  if (!task.submitted_version ||
      (task.status != TaskStatus::submitted && task.status != TaskStatus::approved)) {
    // A change after the submission made a new draft, which is what the caller must learn.
    if (task.submitted_version && task.draft != task.submitted_version->number) {
      return moved_on(at, named);
    }
    return wrong_state(at);
  }
  if (task.submitted_version->number != named.number ||
      task.submitted_version->hash != named.hash) {
    return moved_on(at, named);
  }
  return std::nullopt;
}

struct LevelContext {
  const ApprovalLevel* level = nullptr;
  std::size_t position = 0;
};
std::variant<LevelContext, Refusal> find_level(const TaskContext& at, const LevelId& id) {
  const auto position = at.campaign->level_position(id);
  if (!position) return refuse(RefusalCode::unknown_subject, {{"subject", "level"}});
  return LevelContext{&at.campaign->approval_chain[*position], *position};
}

std::variant<Actor, Refusal> level_actor(const DecideContext& context, const TaskContext& at,
                                         const ApprovalLevel& level) {
  return context.actor(at.campaign->id, [&](const Hat& hat) {
    return hat.role == level.role && (level.school_wide || hat.department == at.table->owner);
  });
}

std::vector<DecidedEvent> released_by(const TaskContext& at) {
  std::vector<DecidedEvent> events;
  for (const auto& [key, task] : at.campaign_state->tasks) {
    if (task.status != TaskStatus::blocked || !task.blocked_by.contains(at.table->key)) continue;
    // The others it waits for may have passed in the meantime; one still open keeps it blocked.
    const bool last =
        std::all_of(task.blocked_by.begin(), task.blocked_by.end(), [&](const TableKey& other) {
          if (other == at.table->key) return true;
          const auto upstream = at.campaign_state->tasks.find(other);
          if (upstream == at.campaign_state->tasks.end()) return false;
          return std::any_of(upstream->second.approvals.begin(), upstream->second.approvals.end(),
                             [&](const Approval& approval) {
                               const auto* level = at.campaign->level(approval.level);
                               return level != nullptr && level->releases_dependents;
                             });
        });
    if (last) {
      events.push_back({TaskUnblocked{at.campaign->id, key, at.table->key}, std::nullopt, true});
    }
  }
  return events;
}

}  // namespace

Decided decide(const DecideContext& context, const SubmitTable& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.role == Role::filler && hat.department == at.table->owner;
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (auto refusal = refuse_unless_open(at)) return std::move(*refusal);
  const Task& task = *at.task;
  if (task.status == TaskStatus::submitted || task.status == TaskStatus::approved) {
    return wrong_state(at);
  }
  const bool changed_since = task.content_index && *task.content_index >= command.computed_at;
  if (command.version.number != task.draft || changed_since) return moved_on(at, command.version);
  if (at.table->single_row && task.rows == 0) {
    return refuse(RefusalCode::nothing_to_submit, {{"table", command.table.value}});
  }
  if (auto refusal = refuse_unvalidated(context, at, command.version)) return std::move(*refusal);
  if (auto refusal = refuse_missing_evidence(at, command)) return std::move(*refusal);
  if (auto refusal = refuse_signature(context, std::get<Actor>(actor), command.sign_off)) {
    return std::move(*refusal);
  }
  return decision_of(
      std::get<Actor>(actor),
      TableSubmitted{command.campaign, command.table, command.version, task.due, command.sign_off},
      0);
}

Decided decide(const DecideContext& context, const ApproveTable& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  auto named_level = find_level(at, command.level);
  if (auto* refusal = std::get_if<Refusal>(&named_level)) return std::move(*refusal);
  const auto [level, position] = std::get<LevelContext>(named_level);
  auto actor = level_actor(context, at, *level);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const Actor& who = std::get<Actor>(actor);
  if (at.campaign_state->frozen) return refuse(RefusalCode::campaign_frozen);
  // The office finishes its review after departments can no longer write.
  if (!level->school_wide) {
    if (auto refusal = refuse_unless_open(at)) return std::move(*refusal);
  }
  if (auto refusal = refuse_other_version(at, command.version)) return std::move(*refusal);
  if (at.task->approvals_in_force < position) {
    const auto& missing = at.campaign->approval_chain[at.task->approvals_in_force];
    return refuse(RefusalCode::level_out_of_order, {{"level", missing.id.value}});
  }
  if (at.task->approvals_in_force > position) return wrong_state(at);
  if (position == 0) {
    if (auto refusal = refuse_unexplained(at)) return std::move(*refusal);
  }
  // Persons, not accounts: one person can hold both accounts, and a delegate acts for another.
  if (level->two_persons && at.task->last_editor &&
      (who.person == *at.task->last_editor || who.on_behalf_of == at.task->last_editor)) {
    return refuse(RefusalCode::same_person, {{"table", command.table.value}});
  }
  if (auto refusal = refuse_signature(context, who, command.sign_off)) return std::move(*refusal);

  Decision decision = decision_of(who,
                                  TableApproved{command.campaign, command.table, command.level,
                                                command.version, command.sign_off},
                                  0);
  if (level->releases_dependents) {
    for (DecidedEvent& event : released_by(at)) decision.events.push_back(std::move(event));
  }
  return decision;
}

Decided decide(const DecideContext& context, const ReturnTable& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  auto named_level = find_level(at, command.level);
  if (auto* refusal = std::get_if<Refusal>(&named_level)) return std::move(*refusal);
  const auto [level, position] = std::get<LevelContext>(named_level);
  auto actor = level_actor(context, at, *level);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (at.campaign_state->frozen) return refuse(RefusalCode::campaign_frozen);
  if (!level->may_return) {
    return refuse(RefusalCode::level_may_not_return, {{"level", command.level.value}});
  }
  if (auto refusal = refuse_other_version(at, command.version)) return std::move(*refusal);
  if (at.task->approvals_in_force != position) {
    if (at.task->approvals_in_force > position) return wrong_state(at);
    const auto& missing = at.campaign->approval_chain[at.task->approvals_in_force];
    return refuse(RefusalCode::level_out_of_order, {{"level", missing.id.value}});
  }
  if (command.reasons.empty()) return refuse(RefusalCode::reason_missing);
  for (const ReturnReason& reason : command.reasons) {
    const bool names_cell = !reason.column.empty() && at.table->column(reason.column) != nullptr;
    if ((!names_cell && reason.rule.empty()) || reason.text.empty()) {
      return refuse(RefusalCode::reason_names_nothing);
    }
  }
  if (level->return_needs_due && !command.due) return refuse(RefusalCode::due_missing);
  // A department would extend what it owes, also after the fact, and with it excuse whoever waits.
  if (command.due && !level->school_wide && !level->return_needs_due) {
    return refuse(RefusalCode::level_sets_no_due, {{"level", command.level.value}});
  }
  if (command.due && *command.due <= context.now) {
    return refuse(RefusalCode::due_in_past, {{"table", command.table.value}});
  }
  return decision_of(std::get<Actor>(actor),
                     TableReturned{command.campaign, command.table, command.level, command.version,
                                   command.reasons, command.due},
                     0);
}

}  // namespace countersign::ledger
