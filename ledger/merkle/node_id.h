// Places in the tree. Only complete subtrees are stored: node (level, n) covers the leaves
// n * 2^level … (n + 1) * 2^level - 1, and never changes.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"

#include <cstdint>

namespace countersign::ledger {

struct NodeId {
  unsigned level = 0;
  std::uint64_t index = 0;  // within its level
};

// The dense number of a node, in the order in which appending completes them: storing a log of n
// entries uses the numbers 0 … nodes_in(n) - 1. The numbering of Go's sumdb/tlog.
std::uint64_t dense_id(NodeId id);
std::uint64_t nodes_in(TreeSize size);

// Where proofs take their nodes from.
class NodeSource {
 public:
  virtual ~NodeSource() = default;
  //   Errc::not_found   that subtree is not complete
  virtual Result<Hash> node(NodeId id) const = 0;
};

}  // namespace countersign::ledger
