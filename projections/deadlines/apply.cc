#include "projections/deadlines/apply.h"

#include "ledger/base/bytes.h"
#include "ledger/domain/process_state.h"
#include "projections/deadlines/lateness.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Result;

namespace {

bool can_be_filled(ledger::TaskStatus status) {
  return status != ledger::TaskStatus::assigned && status != ledger::TaskStatus::blocked;
}

// Whether the entry may open a task, close it, or change when it is due. Most only change rows that
// could be changed before.
bool may_move_tasks(const Step& step) {
  return std::visit(Overloaded{[&](const ledger::RowsChanged&) {
                                 if (!step.before) return true;
                                 const auto was = step.before->status;
                                 return was != ledger::TaskStatus::open &&
                                        was != ledger::TaskStatus::filling &&
                                        was != ledger::TaskStatus::returned &&
                                        was != ledger::TaskStatus::final_filling;
                               },
                               [&](const auto&) {
                                 return !TaskWriter::is_apart_from_tasks(step.event.event);
                               }},
                    step.event.event);
}

// The task's columns that follow from the domain's own state. `by`: the entry that brought it
// there; nullptr: one that did not make it possible to fill it.
Result<void> refresh_task(Database& store, const ledger::CampaignId& id,
                          const ledger::CampaignDefinition& definition,
                          const ledger::CampaignState& campaign, const ledger::Task& task,
                          const ledger::RecordedEvent* by) {
  const auto* table = definition.table(task.table);
  if (table == nullptr) return {};
  const bool opened = by != nullptr && can_be_filled(task.status);
  const std::size_t passed = std::min(task.approvals_in_force, definition.approval_chain.size());
  return store.execute(
      "UPDATE tasks SET department = ?, phase = ?, base = ?, status = ?, level = ?,"
      " levels_passed = ?, due = ?, current_version = ?, rows = ?, content_index = ?,"
      " settled = ?, reopened_by = ?, process_state = ?, opened_by = coalesce(opened_by, ?),"
      " opened_at = coalesce(opened_at, ?) WHERE campaign = ? AND tbl = ?",
      task.department, table->phase, table->base, ledger::to_string(task.status),
      passed == 0 ? ledger::LevelId() : definition.approval_chain[passed - 1].id, passed, task.due,
      task.draft, task.rows, task.content_index, ledger::is_settled(definition, task),
      task.reopening ? std::optional(task.reopening->by) : std::nullopt,
      ledger::process_state(definition, campaign, task),
      opened ? std::optional(by->index) : std::nullopt,
      opened ? std::optional(by->received_at) : std::nullopt, id, task.table);
}

Result<void> refresh_campaign(const Step& step) {
  const auto* definition = step.definition();
  const auto found = step.after.campaigns.find(ledger::CampaignId(step.campaign));
  if (definition == nullptr || found == step.after.campaigns.end()) return {};
  const auto& chain = definition->approval_chain;
  const auto dept_levels = std::count_if(chain.begin(), chain.end(),
                                         [](const auto& level) { return !level.school_wide; });
  const auto first = std::find_if(chain.begin(), chain.end(),
                                  [](const auto& level) { return !level.school_wide; });
  std::string readiness;
  for (const auto kind : definition->readiness) {
    readiness += (readiness.empty() ? "" : ",") + std::string(ledger::to_string(kind));
  }
  CS_CHECK(step.store.execute(
      "INSERT OR REPLACE INTO campaigns (campaign, dept_levels, first_role, decided, readiness)"
      " VALUES (?, ?, ?, ?, ?)",
      step.campaign, dept_levels,
      first == chain.end() ? std::string_view() : ledger::to_string(first->role),
      !definition->bodies.empty() && found->second.bodies_passed >= definition->bodies.size(),
      readiness));
  CS_CHECK(step.store.execute("DELETE FROM bodies WHERE campaign = ?", step.campaign));
  for (std::size_t i = 0; i < definition->bodies.size(); ++i) {
    CS_CHECK(step.store.execute("INSERT INTO bodies (campaign, position, body) VALUES (?, ?, ?)",
                                step.campaign, i, definition->bodies[i].id));
  }
  for (std::size_t i = 0; i < definition->phases.size(); ++i) {
    const auto& phase = definition->phases[i].id;
    CS_CHECK(
        step.store.execute("INSERT OR REPLACE INTO phases (campaign, phase, position, open, closed)"
                           " VALUES (?, ?, ?, ?, ?)",
                           step.campaign, phase, i, found->second.open_phases.contains(phase),
                           found->second.closed_phases.contains(phase)));
  }
  for (const auto& [key, task] : found->second.tasks) {
    CS_CHECK(refresh_task(step.store, found->first, *definition, found->second, task, &step.event));
  }
  return {};
}

Result<void> refresh_plans(const Step& step) {
  CS_CHECK(step.store.execute("DELETE FROM departments_explaining WHERE campaign = ?",
                              step.campaign));
  const auto& campaign = step.after.campaigns.at(ledger::CampaignId(step.campaign));
  for (const auto& [indicator, plan] : campaign.plans) {
    if (plan.status != ledger::RectificationPlan::Status::due ||
        ledger::is_settled(campaign, indicator, plan)) {
      continue;
    }
    CS_CHECK(step.store.execute(
        "INSERT OR IGNORE INTO departments_explaining (campaign, department) VALUES (?, ?)",
        step.campaign, plan.department));
  }
  return refresh_campaign(step);
}

Result<void> assign(const Step& step, const ledger::TaskAssigned& event) {
  return step.store.execute(
      "INSERT OR IGNORE INTO tasks (campaign, tbl, department, phase, base, assigned_by, status,"
      " level, levels_passed, due, due_first, current_version, rows, settled, process_state)"
      " VALUES (?, ?, ?, '', 0, ?, '', '', 0, ?, ?, 1, 0, 0, '')",
      event.campaign, event.table, event.department, step.index(), event.due, event.due);
}

Result<void> move_due(const Step& step, ledger::Timestamp from, ledger::Timestamp to,
                      const std::string& reason) {
  return step.store.execute(
      "INSERT INTO due_moves (campaign, tbl, idx, old_due, new_due, person, reason)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      step.campaign, step.table, step.index(), from, to, step.event.actor.person, reason);
}

Result<void> block(const Step& step, const ledger::TaskBlocked& event) {
  for (const auto& by : event.by) {
    CS_CHECK(step.store.execute(
        "INSERT INTO waits (campaign, tbl, by_tbl, from_idx, from_at) VALUES (?, ?, ?, ?, ?)",
        event.campaign, event.table, by, step.index(), step.event.received_at));
  }
  return {};
}

// Everybody who still waits for `upstream` waits no longer.
Result<void> release(const Step& step, const std::string& upstream) {
  return step.store.execute(
      "UPDATE waits SET to_idx = ?1, to_at = ?2, upstream_due ="
      " (SELECT due FROM tasks WHERE campaign = ?3 AND tbl = ?4)"
      " WHERE campaign = ?3 AND by_tbl = ?4 AND to_idx IS NULL",
      step.index(), step.event.received_at, step.campaign, upstream);
}

Result<void> unblock(const Step& step) {
  CS_CHECK(
      step.store.execute("UPDATE waits SET to_idx = ?1, to_at = ?2, upstream_due ="
                         " (SELECT due FROM tasks t WHERE t.campaign = ?3 AND t.tbl = waits.by_tbl)"
                         " WHERE campaign = ?3 AND tbl = ?4 AND to_idx IS NULL",
                         step.index(), step.event.received_at, step.campaign, step.table));
  return step.store.execute(
      "UPDATE waits SET unblocked_by = ? WHERE campaign = ? AND tbl = ? AND unblocked_by IS NULL",
      step.index(), step.campaign, step.table);
}

Result<void> state_version(const Step& step, const std::string& level, bool school_wide,
                           const ledger::VersionRef& version) {
  const auto& actor = step.event.actor;
  return step.store.execute(
      "INSERT INTO statements (idx, campaign, tbl, level, school_wide, person, role, department,"
      " on_behalf_of, at, version, version_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      step.index(), step.campaign, step.table, level, school_wide, actor.person,
      ledger::to_string(actor.hat.role), actor.hat.department,
      actor.on_behalf_of.value_or(ledger::PersonId()), step.event.received_at, version.number,
      ledger::to_hex(version.hash));
}

Result<void> submit(const Step& step, const ledger::TableSubmitted& event) {
  CS_CHECK(state_version(step, "submission", false, event.version));
  if (step.before && step.before->ever_submitted) return {};
  CS_TRY(const auto excuses, load_excuses(step.store, step.campaign, step.table));
  const auto late = lateness(step.table, event.due, step.event.received_at, std::nullopt, excuses);
  return step.store.execute(
      "UPDATE tasks SET submitted_by = ?, submitted_at = ?, raw_late = ?, net_late = ?"
      " WHERE campaign = ? AND tbl = ?",
      step.index(), step.event.received_at, late ? std::optional(late->raw) : std::nullopt,
      late ? std::optional(late->net) : std::nullopt, step.campaign, step.table);
}

Result<void> approve(const Step& step, const ledger::TableApproved& event) {
  const auto* level = step.definition()->level(event.level);
  CS_CHECK(state_version(step, event.level.value, level != nullptr && level->school_wide,
                         event.version));
  if (level != nullptr && level->releases_dependents) return release(step, step.table);
  return {};
}

Result<void> send_back(const Step& step, const ledger::TableReturned& event) {
  const auto* level = step.definition()->level(event.level);
  CS_CHECK(step.store.execute(
      "INSERT INTO returns (idx, campaign, tbl, level, school_wide, person, at, version, due)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      step.index(), step.campaign, step.table, event.level, level != nullptr && level->school_wide,
      step.event.actor.person, step.event.received_at, event.version.number, event.due));
  for (std::size_t i = 0; i < event.reasons.size(); ++i) {
    const auto& reason = event.reasons[i];
    CS_CHECK(
        step.store.execute("INSERT INTO return_reasons (idx, position, row, col, rule, text)"
                           " VALUES (?, ?, ?, ?, ?, ?)",
                           step.index(), i, reason.row.value_or(ledger::RowKey()), reason.column,
                           reason.rule, reason.text));
  }
  if (event.due && step.before) {
    return move_due(step, step.before->due, *event.due, "");
  }
  return {};
}

// Whether the department was given less than the working days that were agreed.
bool is_short_notice(const Step& step, const ledger::AssistRequested& event) {
  const auto& definition = *step.definition();
  return definition.assist_notice_days > 0 &&
         event.due < ledger::after_working_days(definition.calendar, step.event.received_at,
                                                definition.assist_notice_days);
}

Result<void> answer(const Step& step, const std::string& part,
                    const ledger::DepartmentId& department, std::string_view status) {
  return step.store.execute(
      "UPDATE assists SET status = ?, answered_by = ?, answered_at = ?"
      " WHERE campaign = ? AND tbl = ? AND part = ? AND department = ?",
      status, step.index(), step.event.received_at, step.campaign, step.table, part, department);
}

// Lateness that is known already becomes less by what is logged later.
Result<void> excuse(const Step& step, const ledger::OutageRecorded& event) {
  auto query = step.store.query(
      "SELECT tbl, submitted_at - raw_late, submitted_at FROM tasks"
      " WHERE campaign = ? AND raw_late IS NOT NULL ORDER BY tbl");
  query.bind(event.campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    const std::string table = query.string(0);
    CS_TRY(const auto excuses, load_excuses(step.store, step.campaign, table));
    const auto late = lateness(table, query.instant(1), query.instant(2), std::nullopt, excuses);
    if (!late) continue;
    CS_CHECK(step.store.execute("UPDATE tasks SET net_late = ? WHERE campaign = ? AND tbl = ?",
                                late->net, step.campaign, table));
  }
}

}  // namespace

bool TaskWriter::is_apart_from_tasks(const ledger::Event& event) {
  return std::holds_alternative<ledger::RowsChanged>(event) ||
         std::holds_alternative<ledger::SheetImported>(event) ||
         std::holds_alternative<ledger::TableRead>(event) ||
         std::holds_alternative<ledger::DataExported>(event);
}

Result<void> TaskWriter::apply(const Step& step) {
  if (may_move_tasks(step)) moved_ = step.index() + 1;
  if (is_apart_from_tasks(step.event.event)) {
    const bool changes_rows = std::holds_alternative<ledger::RowsChanged>(step.event.event);
    if (!changes_rows) return {};
    if (step.before && can_be_filled(step.before->status)) {
      put_off_.emplace(step.campaign, step.table);
      return {};
    }
  }
  CS_CHECK(std::visit(
      Overloaded{
          [&](const ledger::CampaignDefined&) { return refresh_campaign(step); },
          [&](const ledger::PhaseOpened&) { return refresh_campaign(step); },
          [&](const ledger::PhaseClosed&) { return refresh_campaign(step); },
          [&](const ledger::CampaignDecided&) { return refresh_campaign(step); },
          [&](const ledger::CampaignReopened&) { return refresh_campaign(step); },
          [&](const ledger::CampaignTabled&) { return refresh_campaign(step); },
          [&](const ledger::CampaignFrozen&) { return refresh_campaign(step); },
          [&](const ledger::CampaignSubmitted&) { return refresh_campaign(step); },
          [&](const ledger::CampaignAccepted&) { return refresh_campaign(step); },
          [&](const ledger::IndicatorsComputed&) { return refresh_plans(step); },
          [&](const ledger::PlanRequired&) { return refresh_plans(step); },
          [&](const ledger::PlanDrafted&) { return refresh_plans(step); },
          [&](const ledger::PlanDecided&) { return refresh_plans(step); },
          [&](const ledger::OutageRecorded& e) { return excuse(step, e); },
          [&](const ledger::TaskAssigned& e) { return assign(step, e); },
          [&](const ledger::TaskBlocked& e) { return block(step, e); },
          [&](const ledger::TaskUnblocked&) { return unblock(step); },
          [&](const ledger::DueMoved& e) { return move_due(step, e.from, e.to, e.reason); },
          [&](const ledger::TableSubmitted& e) { return submit(step, e); },
          [&](const ledger::TableApproved& e) { return approve(step, e); },
          [&](const ledger::TableReturned& e) { return send_back(step, e); },
          [&](const ledger::AssistRequested& e) {
            return step.store.execute(
                "INSERT OR REPLACE INTO assists (campaign, tbl, part, department, status, due,"
                " short_notice, requested_by, requested_at)"
                " VALUES (?, ?, ?, ?, 'requested', ?, ?, ?, ?)",
                e.campaign, e.table, e.part, e.department, e.due, is_short_notice(step, e),
                step.index(), step.event.received_at);
          },
          [&](const ledger::AssistDelivered& e) {
            return answer(step, e.part, e.department, "delivered");
          },
          [&](const ledger::AssistDeclined& e) {
            return answer(step, e.part, e.department, "declined");
          },
          [](const auto&) -> Result<void> { return {}; }},
      step.event.event));
  const auto* task = step.task();
  if (task == nullptr) return {};
  const ledger::CampaignId id(step.campaign);
  return refresh_task(step.store, id, *step.definition(), step.after.campaigns.at(id), *task,
                      &step.event);
}

Result<void> TaskWriter::write_rest(Database& store, const ledger::State& state) {
  for (const auto& [campaign, table] : put_off_) {
    const ledger::CampaignId id(campaign);
    const auto* task = state.task(id, ledger::TableKey(table));
    const auto* definition = state.directory->campaign(id);
    if (task == nullptr || definition == nullptr) continue;
    CS_CHECK(refresh_task(store, id, *definition, state.campaigns.at(id), *task, nullptr));
  }
  put_off_.clear();
  if (!moved_) return {};
  CS_CHECK(store.execute(
      "INSERT OR REPLACE INTO meta (name, value) VALUES ('tasks_moved', ?)", *moved_));
  moved_.reset();
  return {};
}

}  // namespace countersign::projections
