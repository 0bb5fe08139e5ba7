// Inclusion and consistency proofs (RFC 6962 sections 2.1.1 and 2.1.2), built from stored nodes.
#pragma once

#include "ledger/merkle/node_id.h"

#include <span>
#include <vector>

namespace countersign::ledger {

// Head of the tree of this size.
//   any error of `nodes`
Result<Hash> root_of(TreeSize size, const NodeSource& nodes);

// Leaf's sibling first, the root's child last.
//   Errc::not_found   index >= size, or beyond the stored nodes
Result<std::vector<Hash>> inclusion_proof(LeafIndex index, TreeSize size, const NodeSource& nodes);
// The same for a small tree held in memory: an entry's items, a table's rows.
// REQUIRES: index < leaves.size().
std::vector<Hash> inclusion_proof(std::span<const Hash> leaves, std::size_t index);

// Empty when from == to, and when from is 0, where there is nothing to prove.
//   Errc::not_found   from > to, or beyond the stored nodes
Result<std::vector<Hash>> consistency_proof(TreeSize from, TreeSize to, const NodeSource& nodes);

}  // namespace countersign::ledger
