// Reading entries with their circumstances; shared by the trace queries.
#pragma once

#include "projections/trace/queries.h"
#include "projections/view_store.h"

#include <string>
#include <string_view>

namespace countersign::projections {

// Columns of Circumstances in a SELECT from `entries e LEFT JOIN persons p ON p.id = e.person`.
inline constexpr std::string_view kCircumstances =
    "e.idx, e.type, e.person, coalesce(p.name, ''), e.account, e.role, e.department,"
    " e.on_behalf_of, e.received_at, e.claimed_at, e.version, e.review_state, e.reason";
inline constexpr int kCircumstancesColumns = 13;

Circumstances read_circumstances(const Query& query, int first);

// The entries that a filter means: "SELECT <columns> FROM entries … WHERE <filter> AND <more>",
// with the filter's parameters bound; those of `more` are still to be bound, in order.
Query select_entries(Database& store, std::string_view columns, const EntryFilter& filter,
                     std::string_view more);

// The circumstances of one entry.
//   Errc::not_found
ledger::Result<Circumstances> circumstances_of(Database& store, ledger::LeafIndex index);

// Adds the circumstances of an entry to those that an answer names, once.
ledger::Result<void> name_entry(Database& store, ledger::LeafIndex index,
                                std::map<ledger::LeafIndex, Circumstances>& entries);

// For each column of `cells`, the row as it was before `bound`: the entry that gave the cell its
// value. Columns in the order of their keys.
ledger::Result<std::vector<BlamedCell>> blame_cells(Database& store, std::int64_t edition,
                                                    std::string_view key, std::uint64_t bound,
                                                    const ledger::Cells& cells);

}  // namespace countersign::projections
