// Reading entries with their circumstances; shared by the trace queries.
#pragma once

#include "projections/trace/queries.h"
#include "projections/view_store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

// The entries that a filter means, one after another by index. What entries share stands once, so
// the filter is asked of that, and the entries under each are merged: a few that lie far apart among
// millions are found as fast as many.
class EntryWalk {
 public:
  enum class Order : std::uint8_t { oldest_first, newest_first };
  // From `start` on, which counts. `store` must outlive the walk.
  static ledger::Result<EntryWalk> begin(Database& store, const EntryFilter& filter,
                                         ledger::LeafIndex start, Order order);

  struct Entry {
    Circumstances by;
    std::string table;
  };
  // Nothing: there are no more.
  ledger::Result<std::optional<Entry>> next();

 private:
  // The next entry under some circumstances.
  struct Head {
    ledger::LeafIndex index;
    std::int64_t under;
  };

  EntryWalk(Database& store, const EntryFilter& filter, Order order);
  bool later(const Head& a, const Head& b) const;
  ledger::Result<void> add(std::int64_t under, ledger::LeafIndex from);

  Query beyond_;  // the next index under some circumstances
  Query entry_;
  std::optional<ledger::Timestamp> from_;
  std::optional<ledger::Timestamp> until_;
  Order order_;
  std::vector<Head> heads_;  // a heap with the next on top
};

// The circumstances of one entry.
//   Errc::not_found
ledger::Result<Circumstances> circumstances_of(Database& store, ledger::LeafIndex index);

// How many rows an entry changed, without those that were erased since.
ledger::Result<std::uint64_t> rows_changed_by(Database& store, ledger::LeafIndex index);

// Adds the circumstances of an entry to those that an answer names, once.
ledger::Result<void> name_entry(Database& store, ledger::LeafIndex index,
                                std::map<ledger::LeafIndex, Circumstances>& entries);

// For each column of `cells`, the row as it was before `bound`: the entry that gave the cell its
// value. Columns in the order of their keys.
ledger::Result<std::vector<BlamedCell>> blame_cells(Database& store, std::int64_t edition,
                                                    std::string_view key, std::uint64_t bound,
                                                    const ledger::Cells& cells);

}  // namespace countersign::projections
