#include "ledger/merkle/node_id.h"

namespace countersign::ledger {

std::uint64_t nodes_in(TreeSize size) {
  std::uint64_t count = 0;
  for (; size > 0; size >>= 1) count += size;
  return count;
}

std::uint64_t dense_id(NodeId id) {
  // The node is completed by its last leaf, after the smaller nodes which that leaf completes.
  const std::uint64_t last_leaf = ((id.index + 1) << id.level) - 1;
  return nodes_in(last_leaf) + id.level;
}

}  // namespace countersign::ledger
