// Facts in and out of the store.
#pragma once

#include "projections/accountability/queries.h"
#include "projections/view_store.h"

#include <string_view>

namespace countersign::projections {

// Records the fact; its entries are completed by those of its charges, sorted and made unique.
ledger::Result<void> insert_fact(Database& store, AccountabilityFact fact);

// Adds a charge, which is the `position`-th of the fact, counted from 1, and its entries.
ledger::Result<void> insert_charge(Database& store, std::int64_t seq, std::size_t position,
                                   const Charge& charge);
// Of the fact with that seq, in their order.
ledger::Result<std::vector<Charge>> read_charges(Database& store, std::int64_t seq);

// What follows from the acts on it, for its state.
ledger::Result<void> set_fact_state(Database& store, const std::string& id, std::string_view state);

// The columns read_fact() expects of table facts, in order.
inline constexpr std::string_view kFactColumns =
    "seq, id, kind, rule_version, state, campaign, tbl, department, person, due, happened, raw,"
    " net, count, counts, after, early, excused_by, rule";
// REQUIRES: `query` stands on a row.
ledger::Result<AccountabilityFact> read_fact(Database& store, const Query& query);

}  // namespace countersign::projections
