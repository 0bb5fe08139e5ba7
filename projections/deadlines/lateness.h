// Lateness, rule version 2: raw and net. Pure but for what loads.
//
// raw = until - due, when positive. A wait is charged from the upstream table's due instant in
// force, or from when the waiting began, whichever is later, to when it released (or `until`).
// net = raw minus the length of the union of the charged intervals, never below zero: an hour
// spent waiting for two tables is one hour. A wait before the own due instant counts too: it took
// working time away. An outage is charged to nobody and goes into the same union, from when the
// table could be filled.
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

struct Excuses {
  std::vector<Wait> waits;
  std::vector<Outage> outages = {};
};

struct Lateness {
  ledger::Duration raw;
  ledger::Duration net;
  std::vector<Charge> charges;  // waits by table, then outages
};

// None: not late. `since`: only what happened after this instant excuses.
std::optional<Lateness> lateness(ledger::Timestamp due, ledger::Timestamp until,
                                 std::optional<ledger::Timestamp> since,
                                 const Excuses& excuses);

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
// Both.
ledger::Result<Excuses> load_excuses(Database& store, const std::string& campaign,
                                     const std::string& table);

}  // namespace countersign::projections
