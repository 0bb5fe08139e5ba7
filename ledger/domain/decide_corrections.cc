// What the persons behind rows ask to have corrected, and the responsible department's answer.
#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

// That the row is about the actor is judged by who proposes this, who sees rows.
Decided decide(const DecideContext& context, const RequestCorrection& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  auto actor = context.actor(command.campaign, [](const Hat&) { return true; });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const Actor& who = std::get<Actor>(actor);
  const auto& persons = context.directory().persons;
  const auto person = persons.find(who.person);
  if (at.table->subject_column.empty() || person == persons.end() ||
      person->second.staff_no.empty()) {
    return refuse(RefusalCode::right_missing);
  }
  const Column* column = at.table->column(command.column);
  if (column == nullptr || column->key != command.column) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "column"}});
  }
  if (command.text.empty()) return refuse(RefusalCode::reason_missing);
  return decision_of(
      who, CorrectionRequested{command.campaign, command.table, command.column, {}, {}}, 0);
}

Decided decide(const DecideContext& context, const AnswerCorrection& command) {
  auto found = find_task(context, command.campaign, command.table);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const TaskContext& at = std::get<TaskContext>(found);
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return (hat.role == Role::filler || hat.role == Role::reviewer ||
            hat.role == Role::unit_head) &&
           hat.department == at.table->owner;
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (!at.task->open_corrections.contains(command.request)) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "correction"}});
  }
  if (!command.granted && command.reason.empty()) return refuse(RefusalCode::reason_missing);
  // The change comes after what was asked and before the answer.
  if (command.change && (!command.granted || *command.change <= command.request ||
                         *command.change >= context.state.size)) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "change"}});
  }
  return decision_of(std::get<Actor>(std::move(actor)),
                     CorrectionAnswered{command.campaign, command.table, command.request,
                                        command.granted, command.reason, command.change},
                     0);
}

}  // namespace countersign::ledger
