#include "projections/bulletins/apply.h"

#include <string>
#include <vector>

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;

namespace {

template <typename Text>
Result<void> record_text(const Step& step, LeafIndex bulletin, const Text& event,
                         const std::string& reason) {
  CS_CHECK(step.store.execute(
      "INSERT INTO bulletin_texts (idx, bulletin, campaign, text, reason, objections_until, person,"
      " role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      step.index(), bulletin, step.campaign, event.text, reason, event.objections_until,
      step.event.actor.person, ledger::to_string(step.event.actor.hat.role),
      step.event.received_at));
  for (std::size_t i = 0; i < event.departments.size(); ++i) {
    CS_CHECK(
        step.store.execute("INSERT INTO bulletin_departments (idx, position, department)"
                           " VALUES (?, ?, ?)",
                           step.index(), i, event.departments[i]));
  }
  for (std::size_t i = 0; i < event.facts.size(); ++i) {
    CS_CHECK(
        step.store.execute("INSERT INTO bulletin_facts (idx, position, fact)"
                           " VALUES (?, ?, ?)",
                           step.index(), i, event.facts[i]));
  }
  return {};
}

Result<void> published(const Step& step, const ledger::BulletinPublished& event) {
  CS_CHECK(step.store.execute(
      "INSERT INTO bulletin_publications (idx, text, person, at) VALUES (?, ?, ?, ?)", step.index(),
      event.text, step.event.actor.person, step.event.received_at));
  CS_CHECK(step.store.execute(
      "INSERT INTO bulletin_receivers (idx, receiver) SELECT DISTINCT ?1, r.receiver"
      " FROM bulletin_receivers r JOIN bulletin_publications p ON p.idx = r.idx"
      " JOIN bulletin_texts t ON t.idx = p.text WHERE t.bulletin = ?2",
      step.index(), event.bulletin));
  for (const std::string& receiver : event.to) {
    CS_CHECK(
        step.store.execute("INSERT OR IGNORE INTO bulletin_receivers (idx, receiver) VALUES (?, ?)",
                           step.index(), receiver));
  }
  return {};
}

}  // namespace

Result<void> apply_bulletins(const Step& step) {
  return std::visit(
      Overloaded{[&](const ledger::BulletinDrafted& e) {
                   return record_text(step, step.index(), e, std::string());
                 },
                 [&](const ledger::BulletinCorrected& e) {
                   return record_text(step, e.bulletin, e, e.reason);
                 },
                 [&](const ledger::BulletinPublished& e) { return published(step, e); },
                 [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
