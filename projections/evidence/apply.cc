#include "projections/evidence/apply.h"

#include <string>
#include <string_view>

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;

namespace {

Result<void> record_met(const Step& step, const std::string& requirement, std::string_view row) {
  return step.store.execute(
      "INSERT OR IGNORE INTO evidence_met (campaign, requirement, row, idx) VALUES (?, ?, ?, ?)",
      step.campaign, requirement, row, step.index());
}

Result<void> registered(const Step& step, const ledger::EvidenceRegistered& event) {
  const auto& what = event.what;
  CS_CHECK(step.store.execute(
      "INSERT INTO evidence (idx, campaign, tbl, hash, bytes, media_type, custodian, kind, stored,"
      " title, file_name, valid_for, rows, person, department, at, state, reason, changed_by)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'standing', '', '')",
      step.index(), step.campaign, step.table, ledger::to_hex(what.hash), what.bytes,
      what.media_type, what.custodian, what.kind, what.stored, what.title, what.file_name,
      what.valid_for, event.rows, step.event.actor.person, step.event.actor.hat.department,
      step.event.received_at));
  for (std::size_t i = 0; i < event.covers.size(); ++i) {
    const auto& cover = event.covers[i];
    CS_CHECK(step.store.execute(
        "INSERT INTO evidence_covers (idx, position, row, col, requirement, indicator)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        step.index(), i, cover.row, cover.column, cover.requirement, cover.indicator));
  }
  for (const std::string& id : event.requirements) {
    const auto* requirement = step.definition()->evidence_requirement(id);
    if (requirement == nullptr || !requirement->per_row) {
      CS_CHECK(record_met(step, id, ""));
      continue;
    }
    for (const auto& row : ledger::rows_met(*requirement, event.covers)) {
      CS_CHECK(record_met(step, id, row.value));
    }
  }
  return {};
}

Result<void> changed(const Step& step, LeafIndex evidence, std::string_view state,
                     const std::string& reason) {
  return step.store.execute(
      "UPDATE evidence SET state = ?, changed = ?, reason = ?, changed_by = ?, changed_at = ?"
      " WHERE idx = ?",
      state, step.index(), reason, step.event.actor.person, step.event.received_at, evidence);
}

Result<void> shown(const Step& step, const ledger::EvidenceShown& event) {
  return step.store.execute(
      "INSERT INTO evidence_shown (idx, evidence, person, role, receiver, at)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      step.index(), event.evidence, step.event.actor.person,
      ledger::to_string(step.event.actor.hat.role), event.to, step.event.received_at);
}

}  // namespace

Result<void> apply_evidence(const Step& step) {
  return std::visit(
      Overloaded{[&](const ledger::EvidenceRegistered& e) { return registered(step, e); },
                 [&](const ledger::EvidenceShown& e) { return shown(step, e); },
                 [&](const ledger::EvidenceWithdrawn& e) {
                   return changed(step, e.evidence, "withdrawn", e.reason);
                 },
                 [&](const ledger::EvidenceMissing& e) {
                   return changed(step, e.evidence, "missing", e.reason);
                 },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
