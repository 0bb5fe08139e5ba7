// Lateness, rule version 1: raw and net. Pure but for load_waits().
//
// raw = until - due, when positive. A wait is charged from the upstream table's due instant in
// force, or from when the waiting began, whichever is later, to when it released (or `until`).
// net = raw minus the length of the union of the charged intervals, never below zero: an hour
// spent waiting for two tables is one hour. A wait before the own due instant counts too: it took
// working time away.
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

struct Lateness {
  ledger::Duration raw;
  ledger::Duration net;
  std::vector<Charge> charges;  // by table
};

// None: not late. `since`: only waiting after this instant counts.
std::optional<Lateness> lateness(ledger::Timestamp due, ledger::Timestamp until,
                                 std::optional<ledger::Timestamp> since,
                                 const std::vector<Wait>& waits);

// All waits of a task with the entries that show them: block, assignment, due moves, submission
// and pass of the upstream table, release.
ledger::Result<std::vector<Wait>> load_waits(Database& store, const std::string& campaign,
                                             const std::string& table);

}  // namespace countersign::projections
