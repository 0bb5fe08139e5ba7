#include "projections/reminders/apply.h"

namespace countersign::projections {

using ledger::Result;

namespace {

Result<void> chased(const Step& step, const ledger::UnitChased& event) {
  CS_CHECK(
      step.store.execute("INSERT INTO chases (idx, campaign, department, text, person, at)"
                         " VALUES (?, ?, ?, ?, ?, ?)",
                         step.index(), event.campaign, event.department, event.text,
                         step.event.actor.person, step.event.received_at));
  for (std::size_t i = 0; i < event.tables.size(); ++i) {
    CS_CHECK(step.store.execute("INSERT INTO chase_tables (idx, position, tbl) VALUES (?, ?, ?)",
                                step.index(), i, event.tables[i]));
  }
  return {};
}

Result<void> answered(const Step& step, const ledger::ChaseAnswered& event) {
  return step.store.execute(
      "INSERT INTO chase_answers (idx, chase, promised, text, person, role, at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      step.index(), event.chase, event.promised, event.text, step.event.actor.person,
      ledger::to_string(step.event.actor.hat.role), step.event.received_at);
}

Result<void> ready(const Step& step, const ledger::DepartmentsReady& event) {
  for (const auto& department : event.departments) {
    CS_CHECK(step.store.execute(
        "INSERT OR IGNORE INTO readiness (campaign, department, what, idx, at, text, person)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        event.campaign, department, ledger::to_string(event.what), step.index(),
        step.event.received_at, event.text, step.event.actor.person));
  }
  return {};
}

Result<void> stood_still(const Step& step, const ledger::OutageRecorded& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO outages (idx, campaign, from_at, to_at, every, text, person, at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      step.index(), event.campaign, event.from, event.to, event.tables.empty(), event.text,
      step.event.actor.person, step.event.received_at));
  for (const auto& table : event.tables) {
    CS_CHECK(step.store.execute("INSERT OR IGNORE INTO outage_tables (idx, tbl) VALUES (?, ?)",
                                step.index(), table));
  }
  return {};
}

}  // namespace

Result<void> apply_reminders(const Step& step) {
  return std::visit(Overloaded{[&](const ledger::UnitChased& e) { return chased(step, e); },
                               [&](const ledger::ChaseAnswered& e) { return answered(step, e); },
                               [&](const ledger::DepartmentsReady& e) { return ready(step, e); },
                               [&](const ledger::OutageRecorded& e) {
                                 return stood_still(step, e);
                               },
                               [](const auto&) -> Result<void> { return {}; }},
                    step.event.event);
}

}  // namespace countersign::projections
