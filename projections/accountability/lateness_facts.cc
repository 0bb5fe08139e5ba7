#include "projections/accountability/lateness_facts.h"

#include "projections/accountability/fact_draft.h"
#include "projections/accountability/fact_store.h"
#include "projections/accountability/rule_facts.h"
#include "projections/deadlines/lateness.h"
#include "projections/reminders/readiness.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Duration;
using ledger::LeafIndex;
using ledger::Result;
using ledger::Timestamp;

namespace {

// Counts time in which the table was blocked past its own due instant, and parts that others owed,
// since version 3.
constexpr std::uint32_t kRuleVersion = 3;
// Of parts: counts what kept the department from them and the notice it was given, since version 2.
constexpr std::uint32_t kPartRuleVersion = 2;

// What does not change when an outage is logged later.
struct Circumstances {
  std::optional<Timestamp> since;  // only what happened after it excuses
  // Why it does not count whatever the time: "readiness", "order", "short_notice"; empty: it may.
  std::string excused_by = {};
};

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

// Whether the overrun counts, and what excuses it if not.
void judge(AccountabilityFact& fact, const Circumstances& at) {
  std::vector<Charge> waits;
  std::copy_if(fact.charges.begin(), fact.charges.end(), std::back_inserter(waits),
               [](const Charge& charge) { return charge.kind != "outage"; });
  const Duration raw = *fact.happened - *fact.due;
  fact.excused_by = at.excused_by;
  if (fact.excused_by.empty()) {
    if (raw <= Duration{}) {
      fact.excused_by = "not_due";
    } else if (net_of(raw, waits) == Duration{}) {
      fact.excused_by = "waiting";
    } else if (net_of(raw, fact.charges) == Duration{}) {
      fact.excused_by = "outage";
    }
  }
  fact.counts = fact.excused_by.empty();
}

Result<void> raise(const Step& step, AccountabilityFact fact, const Circumstances& at) {
  judge(fact, at);
  const std::string id = fact.id;
  CS_CHECK(insert_fact(step.store, std::move(fact)));
  return step.store.execute(
      "INSERT INTO late_facts (fact, since, excused_by) SELECT seq, ?, ? FROM facts WHERE id = ?",
      at.since, at.excused_by, id);
}

// Of a table, which counts only where its department had been given what is asked for.
Result<void> raise_of_table(const Step& step, AccountabilityFact fact, Circumstances at) {
  fact.rule_version = kRuleVersion;
  CS_TRY(const auto unready, load_unready(step.store, step.campaign, fact.table,
                                          step.definition()->readiness, *fact.due));
  if (!unready.empty()) at.excused_by = "readiness";
  fact.entries.insert(fact.entries.end(), unready.begin(), unready.end());
  return raise(step, std::move(fact), at);
}

// Whether this table was found undelivered before, which stands: a phase may be closed again.
Result<bool> known_undelivered(const Step& step, const std::string& table) {
  auto earlier = step.store.query(
      "SELECT 1 FROM facts WHERE campaign = ? AND tbl = ? AND kind = 'F2' AND counts = 1"
      " AND state != 'voided'");
  return earlier.bind(step.campaign, table).step();
}

}  // namespace

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

  Circumstances at;
  if (!first) {
    at.since = returned->at;
    // What the receiver ordered to be corrected is nobody's lateness.
    if (!returned->charged) at.excused_by = "order";
  }
  CS_TRY(const auto excuses, load_excuses(step.store, step.campaign, step.table));
  const auto late = lateness(step.table, event.due, step.event.received_at, at.since, excuses);
  const auto* task = step.task();
  if (!late || task == nullptr) return {};
  auto fact = fact_of(step, "F1", step.table, task->department.value);
  fact.person = step.event.actor.person.value;
  fact.due = event.due;
  fact.raw = late->raw;
  fact.net = late->net;
  fact.charges = late->charges;
  if (!first) fact.entries.push_back(returned->index);
  CS_CHECK(add_due_entries(step, step.table, fact.entries));
  CS_CHECK(raise_of_table(step, std::move(fact), std::move(at)));
  return first ? raise_open_at_due(step, step.table, event.due) : Result<void>();
}

Result<void> not_delivered(const Step& step, const ledger::PhaseClosed& event) {
  for (const auto& table : event.undelivered) {
    const auto* task = step.after.task(event.campaign, table);
    if (task == nullptr) continue;
    CS_TRY(const bool known, known_undelivered(step, table.value));
    if (known) continue;
    CS_TRY(const auto excuses, load_excuses(step.store, step.campaign, table.value));
    const auto late =
        lateness(table.value, task->due, step.event.received_at, std::nullopt, excuses);
    auto fact = fact_of(step, "F2", table.value, task->department.value);
    fact.id += "-" + table.value;  // one closing may find many
    fact.due = task->due;
    if (late) fact.charges = late->charges;
    CS_CHECK(add_due_entries(step, table.value, fact.entries));
    CS_CHECK(raise_of_table(step, std::move(fact), {}));
    if (late) CS_CHECK(raise_open_at_due(step, table.value, task->due));
  }
  return {};
}

Result<void> late_part(const Step& step, const ledger::AssistDelivered& event) {
  auto query = step.store.query(
      "SELECT due, requested_by, requested_at, short_notice FROM assists WHERE campaign = ?"
      " AND tbl = ? AND part = ? AND department = ?");
  CS_TRY(const bool found,
         query.bind(event.campaign, event.table, event.part, event.department).step());
  if (!found) return {};
  const Timestamp requested = query.instant(2);
  CS_TRY(auto excuses, load_excuses(step.store, step.campaign, step.table));
  // To say that there is nothing to report, no table need be open.
  if (event.nothing_to_report) excuses.waits.clear();
  const auto late =
      lateness_of_part(requested, query.instant(0), step.event.received_at, excuses);
  if (!late) return {};
  auto fact = fact_of(step, "F3", step.table, event.department.value);
  fact.rule_version = kPartRuleVersion;
  fact.person = step.event.actor.person.value;
  fact.due = query.instant(0);
  fact.raw = late->raw;
  fact.net = late->net;
  fact.charges = late->charges;
  fact.entries.push_back(query.index(1));
  return raise(step, std::move(fact), {requested, query.integer(3) != 0 ? "short_notice" : ""});
}

Result<void> excuse_by_outage(const Step& step, const ledger::OutageRecorded& event) {
  auto query = step.store.query(
      "SELECT f.seq, f.tbl, f.due, f.happened, l.since, l.excused_by, f.raw IS NOT NULL"
      " FROM facts f JOIN late_facts l ON l.fact = f.seq WHERE f.campaign = ? ORDER BY f.seq");
  query.bind(event.campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    const std::int64_t seq = query.integer(0);
    AccountabilityFact fact;
    fact.due = query.instant(2);
    fact.happened = query.instant(3);
    const Circumstances at{query.maybe_instant(4), query.string(5)};
    const bool shows_net = query.integer(6) != 0;
    CS_TRY(auto outages, load_outages(step.store, step.campaign, query.string(1)));
    std::erase_if(outages, [&](const Outage& one) { return one.entry != step.index(); });
    const auto added = charges_of(outages, *fact.happened, at.since);
    if (added.empty() || *fact.happened <= *fact.due) continue;
    CS_TRY(fact.charges, read_charges(step.store, seq));
    for (const Charge& charge : added) {
      fact.charges.push_back(charge);
      CS_CHECK(insert_charge(step.store, seq, fact.charges.size(), charge));
    }
    judge(fact, at);
    const auto net = net_of(*fact.happened - *fact.due, fact.charges);
    CS_CHECK(step.store.execute(
        "UPDATE facts SET net = ?, counts = ?, excused_by = ? WHERE seq = ?",
        shows_net ? std::optional(net) : std::nullopt, fact.counts, fact.excused_by, seq));
  }
}

}  // namespace countersign::projections
