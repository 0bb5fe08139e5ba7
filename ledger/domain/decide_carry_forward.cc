// "Do not ask again" (domain-model.md section 9): last year's rows brought over, and confirmed.
#include "ledger/domain/decide_context.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

// What the previous edition's table was when it was last submitted; nullptr: never, or there is no
// such table.
const VersionRef* submitted_before(const State& state, const PreviousEdition& previous,
                                   const PreviousEdition::Table& table) {
  const Task* task = state.task(previous.campaign, table.from);
  return task == nullptr || !task->submitted_version ? nullptr : &*task->submitted_version;
}

}  // namespace

std::optional<Refusal> refuse_carrying(const State& state, const TaskContext& found,
                                       const ChangeRows& command) {
  const std::string& table = found.table->key.value;
  if (found.task->carried || found.task->rows > 0) {
    return refuse(RefusalCode::already_carried, {{"table", table}});
  }
  const auto& previous = found.campaign->previous;
  const auto* mapped = previous ? previous->table(found.table->key) : nullptr;
  const VersionRef* submitted =
      mapped == nullptr ? nullptr : submitted_before(state, *previous, *mapped);
  const CarrySource& source = *command.carried;
  if (submitted == nullptr || command.chunks.empty() || source.campaign != previous->campaign ||
      source.table != mapped->from) {
    return refuse(RefusalCode::nothing_to_carry, {{"table", table}});
  }
  if (source.version.number != submitted->number || source.version.hash != submitted->hash) {
    return refuse(RefusalCode::version_moved_on, {{"table", source.table.value},
                                                  {"named", std::to_string(source.version.number)},
                                                  {"current", std::to_string(submitted->number)}});
  }
  return std::nullopt;
}

Decided decide(const DecideContext& context, const ConfirmRows& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.role == Role::filler && hat.department == at.table->owner;
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (auto refusal = refuse_unless_open(at)) return std::move(*refusal);
  if (!at.task->carried || command.rows.empty()) {
    return refuse(RefusalCode::nothing_to_confirm, {{"table", command.table.value}});
  }
  Decision decision{std::get<Actor>(std::move(actor)), {}};
  for (std::size_t from = 0; from < command.rows.size(); from += ConfirmRows::kRowsAnEntry) {
    const auto count = std::min<std::size_t>(ConfirmRows::kRowsAnEntry, command.rows.size() - from);
    decision.events.push_back(
        {RowsConfirmed{command.campaign, command.table, count, command.bulk, {}},
         decision.events.size(), false});
  }
  return decision;
}

}  // namespace countersign::ledger
