// Lateness, rule version 3: raw and net. Pure but for what loads.
//
// raw = until - due, when positive. net = raw minus the length of the union of the charged
// intervals, never below zero: an hour spent waiting for two tables is one hour. Charged are
//   wait     the table was blocked past the upstream table's due instant in force, to its owner.
//            One before the own due instant counts too: it took working time away;
//   blocked  it was blocked past its own due instant while the upstream table was still in time,
//            to nobody: it could not be handed in;
//   part     an assisting department owed its part past the instant requested, to it;
//   outage   the platform stood still while the table could be filled, to nobody.
#pragma once

#include "projections/accountability/queries.h"
#include "projections/view_store.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

struct Wait {
  std::string table;       // waited for
  std::string department;  // its owner
  ledger::Timestamp from;
  std::optional<ledger::Timestamp> to;  // none: still waiting
  ledger::Timestamp upstream_due;
  std::vector<ledger::LeafIndex> entries;
};

// Time in which the platform stood still while the table could be filled.
struct Outage {
  ledger::Timestamp from;  // or when the table could first be filled, whichever is later
  ledger::Timestamp to;
  ledger::LeafIndex entry = 0;
};

// Time in which an assisting department owed its part.
struct PartOwed {
  std::string department;
  ledger::Timestamp due;
  std::optional<ledger::Timestamp> answered;  // none: still owed
  std::vector<ledger::LeafIndex> entries;
};

struct Excuses {
  std::vector<Wait> waits;
  std::vector<Outage> outages = {};
  std::vector<PartOwed> parts = {};  // asked for with the notice that was agreed
};

struct Lateness {
  ledger::Duration raw;
  ledger::Duration net;
  std::vector<Charge> charges;  // waits by table, then parts, then outages
};

// None: not late. `since`: only what happened after this instant excuses. `table`: whose parts are
// charged.
std::optional<Lateness> lateness(const std::string& table, ledger::Timestamp due,
                                 ledger::Timestamp until, std::optional<ledger::Timestamp> since,
                                 const Excuses& excuses);
// Of a part that was requested at `requested` for `due` and delivered at `until`. Its table was
// blocked, whoever was late, or the platform stood still: what happened after the request excuses.
std::optional<Lateness> lateness_of_part(ledger::Timestamp requested, ledger::Timestamp due,
                                         ledger::Timestamp until, const Excuses& excuses);

// What remains of `raw` after the union of the charged intervals.
ledger::Duration net_of(ledger::Duration raw, const std::vector<Charge>& charges);
// Outages as charges to nobody, as far as they lie between `since` and `until`.
std::vector<Charge> charges_of(const std::vector<Outage>& outages, ledger::Timestamp until,
                               std::optional<ledger::Timestamp> since);

// All waits of a task with the entries that show them: block, assignment, due moves, submission
// and pass of the upstream table, release.
ledger::Result<std::vector<Wait>> load_waits(Database& store, const std::string& campaign,
                                             const std::string& table);
ledger::Result<std::vector<Outage>> load_outages(Database& store, const std::string& campaign,
                                                 const std::string& table);
// Parts of the table that were asked for with the notice that was agreed.
ledger::Result<std::vector<PartOwed>> load_parts(Database& store, const std::string& campaign,
                                                 const std::string& table);
// All of them.
ledger::Result<Excuses> load_excuses(Database& store, const std::string& campaign,
                                     const std::string& table);

}  // namespace countersign::projections
