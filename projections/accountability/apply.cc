// The rules, version 1 each; README.md says them in words.
#include "projections/accountability/apply.h"

#include "ledger/domain/event_codec.h"
#include "projections/accountability/fact_store.h"
#include "projections/accountability/needless_request.h"
#include "projections/deadlines/lateness.h"
#include "projections/tables/apply.h"
#include "projections/tables/schema.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

using ledger::Duration;
using ledger::LeafIndex;
using ledger::Result;
using ledger::Timestamp;

namespace {

AccountabilityFact fact_of(const Step& step, const std::string& kind, const std::string& table,
                           const std::string& department) {
  AccountabilityFact fact;
  fact.id = kind + "-" + std::to_string(step.index());
  fact.kind = kind;
  fact.state = "open";
  fact.campaign = step.campaign;
  fact.table = table;
  fact.department = department;
  fact.happened = step.event.received_at;
  fact.entries = {step.index()};
  return fact;
}

// The department an act belongs to: the hat's, or the person's where the hat is the school's.
std::string acting_department(const Step& step, const std::string& otherwise) {
  const auto& actor = step.event.actor;
  if (!actor.hat.department.empty()) return actor.hat.department.value;
  const auto& persons = step.after.directory->persons;
  const auto person = persons.find(actor.person);
  if (person != persons.end() && !person->second.department.empty()) {
    return person->second.department.value;
  }
  return otherwise;
}

Result<void> add_entries(Query query, std::vector<LeafIndex>& entries) {
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    if (!query.is_null(0)) entries.push_back(query.index(0));
  }
}

// Assignment and due moves: what the due instant in force follows from.
Result<void> add_due_entries(const Step& step, const std::string& table,
                             std::vector<LeafIndex>& entries) {
  return add_entries(std::move(step.store
                                   .query("SELECT assigned_by FROM tasks WHERE campaign = ?1 AND"
                                          " tbl = ?2 UNION SELECT idx FROM due_moves"
                                          " WHERE campaign = ?1 AND tbl = ?2 ORDER BY 1")
                                   .bind(step.campaign, table)),
                     entries);
}

// A return, or a reopening after the window.
struct LastReturn {
  LeafIndex index = 0;
  Timestamp at;
  bool new_due = false;
  bool charged = true;
};

Result<std::optional<LastReturn>> last_return(const Step& step) {
  auto query = step.store.query(
      "SELECT idx, at, due, 1 FROM returns WHERE campaign = ?1 AND tbl = ?2 AND idx < ?3"
      " UNION ALL SELECT idx, at, due, charged FROM reopenings"
      " WHERE campaign = ?1 AND tbl = ?2 AND idx < ?3 ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(step.campaign, step.table, step.index()).step());
  if (!found) return std::optional<LastReturn>();
  return std::optional(
      LastReturn{query.index(0), query.instant(1), !query.is_null(2), query.integer(3) != 0});
}

// The last pass of a school-wide level on this table, or decision of a body that approved,
// whichever came later.
Result<std::string> last_milestone(const Step& step) {
  auto query = step.store.query(
      "SELECT idx, 'level:' || level FROM statements WHERE campaign = ?1 AND tbl = ?2"
      " AND school_wide = 1 UNION ALL SELECT idx, 'body:' || body FROM proceedings"
      " WHERE campaign = ?1 AND kind = 'decided' AND outcome != 'sent_back'"
      " ORDER BY 1 DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(step.campaign, step.table).step());
  return found ? query.string(1) : std::string();
}

Result<void> late_submission(const Step& step, const ledger::TableSubmitted& event) {
  CS_TRY(const auto returned, last_return(step));
  auto earlier = step.store.query(
      "SELECT max(idx) FROM statements WHERE campaign = ? AND tbl = ? AND idx < ?"
      " AND level = 'submission'");
  CS_TRY(const bool any, earlier.bind(step.campaign, step.table, step.index()).step());
  const bool first = !any || earlier.is_null(0);
  // Owed again only after a return that set a new instant, and then once.
  const bool owed_again =
      !first && returned && returned->new_due && returned->index > earlier.index(0);
  if (!first && !owed_again) return {};

  CS_TRY(const auto waits, load_waits(step.store, step.campaign, step.table));
  const auto late = lateness(event.due, step.event.received_at,
                             first ? std::nullopt : std::optional(returned->at), waits);
  const auto* task = step.task();
  if (!late || task == nullptr) return {};
  auto fact = fact_of(step, "F1", step.table, task->department.value);
  fact.person = step.event.actor.person.value;
  fact.due = event.due;
  fact.raw = late->raw;
  fact.net = late->net;
  // What the receiver ordered to be corrected is nobody's lateness.
  fact.counts = late->net > Duration{} && (first || returned->charged);
  fact.charges = late->charges;
  if (!first) fact.entries.push_back(returned->index);
  CS_CHECK(add_due_entries(step, step.table, fact.entries));
  return insert_fact(step.store, std::move(fact));
}

Result<void> not_delivered(const Step& step, const ledger::PhaseClosed& event) {
  for (const auto& table : event.undelivered) {
    const auto* task = step.after.task(event.campaign, table);
    if (task == nullptr) continue;
    CS_TRY(const auto waits, load_waits(step.store, step.campaign, table.value));
    const auto late = lateness(task->due, step.event.received_at, std::nullopt, waits);
    auto fact = fact_of(step, "F2", table.value, task->department.value);
    fact.id += "-" + table.value;  // one closing may find many
    fact.due = task->due;
    // An instant after the closing was not missed; one missed by others' lateness is excused.
    fact.counts = late && late->net > Duration{};
    if (late) fact.charges = late->charges;
    CS_CHECK(add_due_entries(step, table.value, fact.entries));
    CS_CHECK(insert_fact(step.store, std::move(fact)));
  }
  return {};
}

Result<void> late_part(const Step& step, const ledger::AssistDelivered& event) {
  auto query = step.store.query(
      "SELECT due, requested_by FROM assists WHERE campaign = ? AND tbl = ? AND part = ?"
      " AND department = ?");
  CS_TRY(const bool found,
         query.bind(event.campaign, event.table, event.part, event.department).step());
  if (!found || step.event.received_at <= query.instant(0)) return {};
  auto fact = fact_of(step, "F3", step.table, event.department.value);
  fact.person = step.event.actor.person.value;
  fact.due = query.instant(0);
  fact.raw = fact.net = step.event.received_at - query.instant(0);
  fact.entries.push_back(query.index(1));
  return insert_fact(step.store, std::move(fact));
}

Result<void> returned(const Step& step, const ledger::TableReturned& event) {
  const auto* level = step.definition()->level(event.level);
  const auto* task = step.task();
  if (level == nullptr || !level->school_wide || task == nullptr) return {};
  auto fact = fact_of(step, "F4", step.table, task->department.value);
  CS_CHECK(add_entries(std::move(step.store
                                     .query("SELECT idx FROM returns WHERE campaign = ? AND"
                                            " tbl = ? AND school_wide = 1 AND idx < ?")
                                     .bind(step.campaign, step.table, step.index())),
                       fact.entries));
  fact.count = static_cast<std::uint32_t>(fact.entries.size());
  auto submission = step.store.query(
      "SELECT idx, person FROM statements WHERE campaign = ? AND tbl = ? AND version = ?"
      " AND level = 'submission' ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool found, submission.bind(step.campaign, step.table, event.version.number).step());
  if (found) {
    fact.person = submission.string(1);
    fact.entries.push_back(submission.index(0));
  }
  return insert_fact(step.store, std::move(fact));
}

// A school-wide pass ends the rounds: the last return's fact also rests on it from now on.
Result<void> rounds_ended(const Step& step) {
  return step.store.execute(
      "INSERT OR IGNORE INTO fact_entries (fact, charge, idx)"
      " SELECT max(seq), 0, ?1 FROM facts WHERE campaign = ?2 AND tbl = ?3 AND kind = 'F4'"
      " HAVING max(seq) IS NOT NULL",
      step.index(), step.campaign, step.table);
}

Result<void> self_review(const Step& step, const ledger::TableApproved& event) {
  std::vector<LeafIndex> edits;
  CS_CHECK(add_entries(
      std::move(step.store
                    .query("SELECT idx FROM entries WHERE campaign = ? AND"
                           " tbl = ? AND type = ? AND version = ? AND person = ?"
                           " AND idx NOT IN (SELECT idx FROM carried_entries) ORDER BY idx")
                    .bind(step.campaign, step.table, ledger::type_name(ledger::RowsChanged{}),
                          event.version.number, step.event.actor.person)),
      edits));
  if (edits.empty()) return {};
  const auto* task = step.task();
  auto fact =
      fact_of(step, "F11", step.table,
              acting_department(step, task == nullptr ? std::string() : task->department.value));
  fact.person = step.event.actor.person.value;
  fact.counts = !step.event.actor.on_behalf_of.has_value();
  fact.entries.insert(fact.entries.end(), edits.begin(), edits.end());
  return insert_fact(step.store, std::move(fact));
}

Result<void> late_change(const Step& step, const ledger::RowsChanged& event) {
  if (event.carried) return {};
  auto passed = step.store.query(
      "SELECT max(idx) FROM statements WHERE campaign = ? AND tbl = ? AND school_wide = 1");
  CS_TRY(const bool any, passed.bind(step.campaign, step.table).step());
  if (!any || passed.is_null(0)) return {};
  const LeafIndex pass = passed.index(0);

  auto edition = step.store.query("SELECT id FROM editions WHERE campaign = ? AND tbl = ?");
  CS_TRY(const bool known, edition.bind(step.campaign, step.table).step());
  std::uint32_t cells = 0;
  for (std::size_t i = 0; known && i < event.rows.size(); ++i) {
    const auto& row = event.rows[i];
    CS_TRY(const auto before, cells_before(step.store, edition.integer(0), row.key.value,
                                           change_id(step.index(), first_row_item(event) + i)));
    cells += static_cast<std::uint32_t>(
        changed_columns(before.value_or(ledger::Cells()), row.cells).size());
  }
  const auto* task = step.task();
  auto fact =
      fact_of(step, "F9", step.table,
              acting_department(step, task == nullptr ? std::string() : task->department.value));
  fact.person = step.event.actor.person.value;
  fact.count = cells;
  fact.entries.push_back(pass);
  CS_TRY(fact.after, last_milestone(step));
  if (event.cites) {
    fact.counts = false;
    fact.entries.push_back(*event.cites);
  }
  CS_TRY(const auto asked, last_return(step));
  if (asked && asked->index > pass) {
    fact.counts = false;
    fact.entries.push_back(asked->index);
  }
  return insert_fact(step.store, std::move(fact));
}

Result<void> record_act(const Step& step, const std::string& fact, const FactAct& act) {
  return step.store.execute(
      "INSERT INTO fact_acts (idx, fact, kind, stage, verdict, net, text, person, role, at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      step.index(), fact, act.kind, act.stage, act.verdict, act.net, act.text,
      step.event.actor.person, ledger::to_string(step.event.actor.hat.role),
      step.event.received_at);
}

Result<void> objected(const Step& step, const ledger::FactObjected& event) {
  FactAct act;
  act.kind = "objection";
  act.stage = event.stage;
  act.text = event.ground;
  CS_CHECK(record_act(step, event.fact, act));
  for (std::size_t i = 0; i < event.evidence.size(); ++i) {
    CS_CHECK(step.store.execute(
        "INSERT INTO fact_evidence (idx, position, hash, title)"
        " VALUES (?, ?, ?, ?)",
        step.index(), i, ledger::to_hex(event.evidence[i].hash), event.evidence[i].title));
  }
  return set_fact_state(step.store, event.fact, "objected");
}

Result<void> decided(const Step& step, const ledger::FactDecided& event) {
  FactAct act;
  act.kind = "decision";
  act.verdict = ledger::to_string(event.verdict);
  act.net = event.net;
  act.text = event.reason;
  CS_CHECK(record_act(step, event.fact, act));
  const auto& facts = step.after.campaigns.at(event.campaign).facts;
  return set_fact_state(step.store, event.fact, ledger::to_string(*facts.at(event.fact).verdict));
}

Result<void> exported(const Step& step, const ledger::DataExported& event) {
  if (!event.personal) return {};
  auto fact = fact_of(step, "F13", step.table, acting_department(step, std::string()));
  fact.person = step.event.actor.person.value;
  fact.count = static_cast<std::uint32_t>(event.rows);
  fact.counts = event.channel.empty();
  return insert_fact(step.store, std::move(fact));
}

}  // namespace

Result<void> apply_accountability(const Step& step) {
  return std::visit(
      Overloaded{[&](const ledger::TableSubmitted& e) { return late_submission(step, e); },
                 [&](const ledger::PhaseClosed& e) { return not_delivered(step, e); },
                 [&](const ledger::AssistRequested& e) {
                   return needless_request(step, e, acting_department(step, std::string()));
                 },
                 [&](const ledger::AssistDelivered& e) -> Result<void> {
                   CS_CHECK(excuse_needless_request(step, e));
                   return late_part(step, e);
                 },
                 [&](const ledger::TableReturned& e) { return returned(step, e); },
                 [&](const ledger::TableApproved& e) -> Result<void> {
                   const auto* level = step.definition()->level(e.level);
                   if (level != nullptr && level->school_wide) CS_CHECK(rounds_ended(step));
                   return self_review(step, e);
                 },
                 [&](const ledger::RowsChanged& e) { return late_change(step, e); },
                 [&](const ledger::DataExported& e) { return exported(step, e); },
                 [&](const ledger::FactObjected& e) { return objected(step, e); },
                 [&](const ledger::FactDecided& e) { return decided(step, e); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
