// Which facts a page shows. Facts come in groups, of one department, campaign and kind or of one
// table and kind, and an index holds each group in the order of their raising; a page takes the first
// of all groups that the filter lets through, however many facts they have.
//
// Thread safety: that of `store`.
#pragma once

#include "projections/accountability/queries.h"
#include "projections/view_store.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace countersign::projections {

// The seq of the first `limit` facts after seq `after`, ascending; fewer when there are no more.
//   Errc::io, Errc::corrupt   the store cannot be read
ledger::Result<std::vector<std::uint64_t>> facts_after(Database& store, const FactFilter& filter,
                                                       std::uint64_t after, std::size_t limit);

}  // namespace countersign::projections
