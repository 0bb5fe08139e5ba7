// Decisions on rows and on what assisting departments supply.
#include "ledger/domain/decide_context.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

bool assists(const AssistPart& part, const DepartmentId& department) {
  return std::find(part.departments.begin(), part.departments.end(), department) !=
         part.departments.end();
}

// Whether an assisting department's part covers everything the change touches.
bool part_covers(const CampaignDefinition& campaign, const AssistPart& part,
                 const DepartmentId& department, const ChangeRows& change) {
  if (!assists(part, department)) return false;
  if (!part.columns.empty()) {
    const bool columns_within =
        std::all_of(change.columns.begin(), change.columns.end(), [&](const std::string& column) {
          return std::find(part.columns.begin(), part.columns.end(), column) != part.columns.end();
        });
    if (change.whole_rows || !columns_within) return false;
  }
  if (!part.row_column.empty()) {
    const Department* its = campaign.department(department);
    const std::string own = part.row_column + "=" + (its == nullptr ? "" : its->unit_no);
    const std::string prefix = part.row_column + "=";
    for (const std::string& unit : change.row_units) {
      if (unit.starts_with(prefix) && unit != own) return false;
    }
  }
  return true;
}

// Whether the items are columns of the table that the part supplies.
bool supplies(const TableDefinition& table, const AssistPart& part,
              const std::vector<std::string>& items) {
  return std::all_of(items.begin(), items.end(), [&](const std::string& item) {
    const Column* column = table.column(item);
    return column != nullptr && column->key == item &&
           (part.columns.empty() ||
            std::find(part.columns.begin(), part.columns.end(), item) != part.columns.end());
  });
}

bool may_change(const CampaignDefinition& campaign, const TableDefinition& table, const Hat& hat,
                const ChangeRows& change) {
  if (hat.role != Role::filler) return false;
  if (hat.department == table.owner) return true;
  return std::any_of(table.assisting.begin(), table.assisting.end(), [&](const AssistPart& part) {
    return part_covers(campaign, part, hat.department, change);
  });
}

// The part that is to be answered, and the department answering it.
std::variant<Actor, Refusal> answering(const DecideContext& context, const TaskContext& found,
                                       const std::string& part) {
  auto actor = context.actor(found.campaign->id, [&](const Hat& hat) {
    return hat.role == Role::filler &&
           found.task->assists.contains(part + "/" + hat.department.value);
  });
  if (std::holds_alternative<Refusal>(actor)) {
    // Whether the request or the right is missing: without any request, say that.
    const bool requested =
        std::any_of(found.task->assists.begin(), found.task->assists.end(),
                    [&](const auto& one) { return one.first.starts_with(part + "/"); });
    if (!requested) return refuse(RefusalCode::assist_not_open, {{"part", part}});
    return actor;
  }
  const auto& department = std::get<Actor>(actor).hat.department;
  if (found.task->assists.at(part + "/" + department.value).status != Assist::Status::requested) {
    return refuse(RefusalCode::assist_not_open, {{"part", part}});
  }
  return actor;
}

}  // namespace

Decided decide(const DecideContext& context, const ChangeRows& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return command.carried ? may_carry_forward(hat, *at.table)
                           : may_change(*at.campaign, *at.table, hat, command);
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (auto refusal = refuse_unless_open(at)) return std::move(*refusal);
  if (command.carried) {
    if (auto refusal = refuse_carrying(context.state, at, command)) return std::move(*refusal);
  }
  const std::uint32_t revision = context.directory().campaigns.at(command.campaign).revision;
  if (command.definition_revision != revision) {
    return refuse(RefusalCode::definition_moved_on, {{"current", std::to_string(revision)}});
  }
  RowCounts total;
  for (const RowCounts& chunk : command.chunks) {
    total.added += chunk.added;
    total.changed += chunk.changed;
    total.removed += chunk.removed;
  }
  if (total.removed > 0 && command.reason.empty()) return refuse(RefusalCode::reason_missing);

  // A submitted version is never changed: the first change after it begins the next one, and the
  // statements on the old one stay with the old one.
  const Task& task = *at.task;
  const std::uint32_t version =
      task.submitted_version && task.draft == task.submitted_version->number ? task.draft + 1
                                                                             : task.draft;
  const auto cites = task.reopening && !task.reopening->confirmed
                         ? std::optional(task.reopening->by)
                         : std::nullopt;
  Decision decision{std::get<Actor>(actor), {}};
  for (std::size_t i = 0; i < command.chunks.size(); ++i) {
    decision.events.push_back({RowsChanged{command.campaign,
                                           command.table,
                                           version,
                                           command.chunks[i],
                                           cites,
                                           command.reason,
                                           {},
                                           command.carried},
                               i, false});
  }
  if (command.import) {
    decision.events.push_back(
        {SheetImported{command.campaign, command.table, *command.import, total}, std::nullopt,
         false});
  }
  if (decision.events.empty())
    return refuse(RefusalCode::wrong_state, {{"table", command.table.value}});
  return decision;
}

Decided decide(const DecideContext& context, const RequestAssist& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  const auto& parts = at.table->assisting;
  const auto known = std::find_if(parts.begin(), parts.end(), [&](const AssistPart& one) {
    return one.id == command.part && assists(one, command.department);
  });
  if (known == parts.end()) return refuse(RefusalCode::unknown_subject, {{"subject", "part"}});
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.role == Role::centre_office ||
           ((hat.role == Role::filler || hat.role == Role::reviewer) &&
            hat.department == at.table->owner);
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (command.due <= context.now) {
    return refuse(RefusalCode::due_in_past, {{"table", command.table.value}});
  }
  const AssistPart& part = *known;
  if (!supplies(*at.table, part, command.new_items) ||
      !supplies(*at.table, part, command.changed_items)) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "column"}});
  }
  return decision_of(
      std::get<Actor>(actor),
      AssistRequested{command.campaign, command.table, command.part, command.department,
                      command.due, command.text, command.new_items, command.changed_items},
      0);
}

Decided decide(const DecideContext& context, const DeliverAssist& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  auto actor = answering(context, std::get<TaskContext>(found), command.part);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const Actor& who = std::get<Actor>(actor);
  return decision_of(who, AssistDelivered{command.campaign, command.table, command.part,
                                          who.hat.department, command.nothing_to_report});
}

Decided decide(const DecideContext& context, const DeclineAssist& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  auto actor = answering(context, std::get<TaskContext>(found), command.part);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  const Actor& who = std::get<Actor>(actor);
  return decision_of(who,
                     AssistDeclined{command.campaign, command.table, command.part,
                                    who.hat.department, command.reason},
                     0);
}

}  // namespace countersign::ledger
