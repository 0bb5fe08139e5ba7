#pragma once

#include "projections/step.h"

#include <string>

namespace countersign::projections {

ledger::Result<void> apply_tables(const Step& step);

// Name of the typed SQL table of an edition, quoted.
std::string typed_table(std::string_view campaign, std::string_view table);

// The columns that differ between two states of a row; an absent cell equals a null one.
std::vector<std::string> changed_columns(const ledger::Cells& from, const ledger::Cells& to);

// The row before a change: the cells of its last earlier change; none: there was no row.
ledger::Result<std::optional<ledger::Cells>> cells_before(Database& store, std::int64_t edition,
                                                          std::string_view key,
                                                          std::uint64_t change);

}  // namespace countersign::projections
