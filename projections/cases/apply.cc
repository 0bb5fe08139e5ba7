#include "projections/cases/apply.h"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;

namespace {

Result<void> record_facts(const Step& step, const std::vector<std::string>& facts) {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    CS_CHECK(step.store.execute("INSERT INTO case_facts (idx, position, fact) VALUES (?, ?, ?)",
                                step.index(), i, facts[i]));
  }
  return {};
}

Result<void> opened(const Step& step, const ledger::CaseOpened& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO cases (idx, campaign, department, title, person, at) VALUES (?, ?, ?, ?, ?, ?)",
      step.index(), step.campaign, event.department, event.title, step.event.actor.person,
      step.event.received_at));
  return record_facts(step, event.facts);
}

Result<void> sealed(const Step& step, const ledger::PackSealed& event) {
  return step.store.execute(
      "INSERT INTO case_packs (idx, case_idx, hash, bytes, as_of, person, at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      step.index(), event.case_id, ledger::to_hex(event.hash), event.bytes, event.as_of,
      step.event.actor.person, step.event.received_at);
}

Result<void> served(const Step& step, const ledger::CaseServed& event) {
  return step.store.execute(
      "INSERT INTO case_services (idx, case_idx, pack, objections_until, receiver, person, at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      step.index(), event.case_id, ledger::to_hex(event.pack), event.objections_until, event.to,
      step.event.actor.person, step.event.received_at);
}

Result<void> received(const Step& step, const ledger::CaseAcknowledged& event) {
  return step.store.execute(
      "UPDATE case_services SET received_by = ?, received_person = ?, received_at = ?"
      " WHERE idx = (SELECT max(idx) FROM case_services WHERE case_idx = ?)",
      step.index(), step.event.actor.person, step.event.received_at, event.case_id);
}

// Everybody whom an earlier text of the case reached, or by now its bulletin.
Result<void> carry_receivers(const Step& step, LeafIndex case_id) {
  CS_CHECK(step.store.execute(
      "INSERT OR IGNORE INTO case_receivers (idx, receiver) SELECT DISTINCT ?1, r.receiver"
      " FROM case_receivers r JOIN case_texts t ON t.idx = r.idx WHERE t.case_idx = ?2",
      step.index(), case_id));
  return step.store.execute(
      "INSERT OR IGNORE INTO case_receivers (idx, receiver) SELECT DISTINCT ?1, r.receiver"
      " FROM bulletin_receivers r JOIN bulletin_publications p ON p.idx = r.idx"
      " JOIN bulletin_texts b ON b.idx = p.text JOIN case_texts t ON t.bulletin = b.bulletin"
      " WHERE t.case_idx = ?2",
      step.index(), case_id);
}

Result<void> concluded(const Step& step, const ledger::CaseConcluded& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO case_texts (idx, case_idx, kind, outcome, bulletin, text, reason, appeal_until,"
      " person, at) VALUES (?, ?, 'conclusion', ?, ?, ?, '', ?, ?, ?)",
      step.index(), event.case_id, ledger::to_string(event.outcome), event.bulletin, event.text,
      event.appeal_until, step.event.actor.person, step.event.received_at));
  CS_CHECK(record_facts(step, event.facts));
  for (const std::string& receiver : event.to) {
    CS_CHECK(
        step.store.execute("INSERT OR IGNORE INTO case_receivers (idx, receiver) VALUES (?, ?)",
                           step.index(), receiver));
  }
  return carry_receivers(step, event.case_id);
}

Result<void> corrected(const Step& step, const ledger::CaseCorrected& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO case_texts (idx, case_idx, kind, outcome, bulletin, text, reason, person, at)"
      " SELECT ?, case_idx, 'correction', outcome, bulletin, ?, ?, ?, ? FROM case_texts"
      " WHERE case_idx = ? AND kind = 'conclusion'",
      step.index(), event.text, event.reason, step.event.actor.person, step.event.received_at,
      event.case_id));
  CS_CHECK(record_facts(step, event.facts));
  return carry_receivers(step, event.case_id);
}

}  // namespace

Result<void> apply_cases(const Step& step) {
  return std::visit(Overloaded{[&](const ledger::CaseOpened& e) { return opened(step, e); },
                               [&](const ledger::PackSealed& e) { return sealed(step, e); },
                               [&](const ledger::CaseServed& e) { return served(step, e); },
                               [&](const ledger::CaseAcknowledged& e) { return received(step, e); },
                               [&](const ledger::CaseConcluded& e) { return concluded(step, e); },
                               [&](const ledger::CaseCorrected& e) { return corrected(step, e); },
                               [](const auto&) -> Result<void> { return {}; }},
                    step.event.event);
}

}  // namespace countersign::projections
