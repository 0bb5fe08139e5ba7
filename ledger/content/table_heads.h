// TableHeads: the rows of one table folded from the log's row items, and the two hashes that entries
// state of them. What fsck and the verifier of exports hold such statements against; it knows
// nothing of the row heads they were made from. Memory grows with the rows that ever were, not with
// their changes.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace countersign::ledger {

// An RFC 6962 head over the item leaves of rows' last changes, sorted by the bytes of the row keys.
struct StatedRows {
  Hash hash{};
  std::uint64_t rows = 0;

  bool operator==(const StatedRows&) const = default;
};

// Thread safety: one thread.
class TableHeads {
 public:
  // The next change of the row, in the entry `index`. Returns the entry of the one before; none: it
  // is the row's first.
  std::optional<LeafIndex> put(std::string key, LeafIndex index, const Hash& leaf, bool removed);

  // Of all rows, by their removals too: what an attestation states.
  const StatedRows& heads();
  // Of the rows that are there: what a submission states.
  const StatedRows& version();

 private:
  struct Head {
    Hash leaf{};
    LeafIndex index = 0;
    bool removed = false;
  };
  StatedRows state_of(bool with_removed) const;

  std::unordered_map<std::string, Head> rows_;
  // Of the rows as they are: a table is stated more often than it is changed in between.
  std::optional<StatedRows> heads_;
  std::optional<StatedRows> version_;
};

}  // namespace countersign::ledger
