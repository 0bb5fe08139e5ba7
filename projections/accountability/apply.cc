// The rules; README.md says them in words.
#include "projections/accountability/apply.h"

#include "ledger/domain/event_codec.h"
#include "projections/accountability/credits.h"
#include "projections/accountability/fact_draft.h"
#include "projections/accountability/fact_store.h"
#include "projections/accountability/lateness_facts.h"
#include "projections/accountability/needless_request.h"
#include "projections/accountability/rule_facts.h"
#include "projections/evidence/coverage.h"
#include "projections/tables/apply.h"
#include "projections/tables/schema.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

using ledger::Duration;
using ledger::LeafIndex;
using ledger::Result;

namespace {

// A return within the department excuses nothing since version 2.
constexpr std::uint32_t kLateChangeRuleVersion = 2;

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
                    .query("SELECT e.idx FROM circumstances c JOIN entries e ON e.under = c.id"
                           " WHERE c.campaign = ? AND c.tbl = ? AND c.type = ? AND c.version = ?"
                           " AND c.person = ? AND NOT EXISTS (SELECT 1 FROM carried_entries b"
                           " WHERE b.idx = e.idx) ORDER BY e.idx")
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

// What the definition asks for by the head's signature and nothing stands for then. What is asked
// for later, or withdrawn later, is no matter of this signature.
Result<void> no_evidence(const Step& step, const ledger::TableApproved& event) {
  const auto* level = step.definition()->level(event.level);
  const auto* task = step.task();
  if (level == nullptr || level->verb != "sign" || level->school_wide || task == nullptr) return {};
  for (const auto& requirement : step.definition()->evidence) {
    if (requirement.table != event.table ||
        requirement.required_at != ledger::EvidenceRequirement::At::signature) {
      continue;
    }
    CS_TRY(const auto coverage, load_coverage(step.store, step.campaign, requirement));
    if (coverage.met) continue;
    // One a requirement, however often the table is signed.
    auto earlier = step.store.query(
        "SELECT 1 FROM facts WHERE campaign = ? AND tbl = ? AND kind = 'F7'"
        " AND substr(id, instr(substr(id, 4), '-') + 4) = ?");
    CS_TRY(const bool known, earlier.bind(step.campaign, step.table, requirement.id).step());
    if (known) continue;
    auto fact = fact_of(step, "F7", step.table, task->department.value);
    fact.id += "-" + requirement.id;
    fact.person = step.event.actor.person.value;
    fact.count = static_cast<std::uint32_t>(
        requirement.per_row ? coverage.rows - coverage.covered : 1);
    if (task->submitted_by) fact.entries.push_back(*task->submitted_by);
    // The definition that asks for it.
    const auto& defined = step.after.directory->campaigns.at(event.campaign);
    fact.entries.push_back(defined.defined_by);
    CS_CHECK(insert_fact(step.store, std::move(fact)));
  }
  return {};
}

Result<void> late_change(const Step& step, const ledger::RowsChanged& event) {
  const auto* task = step.task();
  // Without a pass there is no statement of one.
  if (event.carried || task == nullptr || task->approvals.empty()) return {};
  auto passed = step.store.query(
      "SELECT max(idx) FROM statements WHERE campaign = ? AND tbl = ? AND school_wide = 1");
  CS_TRY(const bool any, passed.bind(step.campaign, step.table).step());
  if (!any || passed.is_null(0)) return {};
  const LeafIndex pass = passed.index(0);

  CS_TRY(const std::uint32_t cells, cells_changed(step));
  auto fact = fact_of(step, "F9", step.table, acting_department(step, task->department.value));
  fact.rule_version = kLateChangeRuleVersion;
  fact.person = step.event.actor.person.value;
  fact.count = cells;
  fact.entries.push_back(pass);
  CS_TRY(fact.after, last_milestone(step));
  if (event.cites) {
    fact.counts = false;
    fact.entries.push_back(*event.cites);
  }
  // The school's: a department that gives a table back to itself asks for nothing.
  auto asked = step.store.query(
      "SELECT idx FROM returns WHERE campaign = ?1 AND tbl = ?2 AND school_wide = 1 AND idx > ?3"
      " UNION ALL SELECT idx FROM reopenings WHERE campaign = ?1 AND tbl = ?2 AND idx > ?3"
      " ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool was_asked, asked.bind(step.campaign, step.table, pass).step());
  if (was_asked) {
    fact.counts = false;
    fact.entries.push_back(asked.index(0));
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
  // A pack goes to whom the facts are about and to those who decide on them.
  fact.counts = event.channel.empty() && event.what != "pack";
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
                   CS_CHECK(raise_passed_findings(step, e));
                   CS_CHECK(no_evidence(step, e));
                   return self_review(step, e);
                 },
                 [&](const ledger::RowsChanged& e) -> Result<void> {
                   CS_CHECK(own_correction(step, e));
                   return late_change(step, e);
                 },
                 [&](const ledger::TaskUnblocked& e) { return helped_others(step, e); },
                 [&](const ledger::OutageRecorded& e) { return excuse_by_outage(step, e); },
                 [&](const ledger::DataExported& e) { return exported(step, e); },
                 [&](const ledger::RuleWithdrawn& e) { return void_facts_of(step, e); },
                 [&](const ledger::FactObjected& e) { return objected(step, e); },
                 [&](const ledger::FactDecided& e) { return decided(step, e); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
