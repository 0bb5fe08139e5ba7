// CompactRange: the right edge of the tree, all a log needs in memory to go on appending: one hash
// for each bit set in its size.
//
// Thread safety: one thread.
#pragma once

#include "ledger/merkle/node_id.h"

#include <vector>

namespace countersign::ledger {

class CompactRange {
 public:
  CompactRange() = default;
  // The edge of the first `size` leaves.
  //   any error of `nodes`
  static Result<CompactRange> restore(TreeSize size, const NodeSource& nodes);

  struct Completed {
    NodeId id;
    Hash hash;
  };
  // Appends one leaf hash; the nodes this completes, lowest first, are added to `completed`.
  void append(const Hash& leaf, std::vector<Completed>& completed);

  TreeSize size() const { return size_; }
  Hash root() const;

 private:
  TreeSize size_ = 0;
  std::vector<Hash> edge_;  // largest subtree first
};

}  // namespace countersign::ledger
