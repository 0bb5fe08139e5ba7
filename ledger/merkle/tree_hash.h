// Hashes of the Merkle tree (RFC 6962 section 2.1).
#pragma once

#include "ledger/base/bytes.h"

#include <span>

namespace countersign::ledger {

Hash hash_empty();
Hash hash_leaf(ByteSpan data);
Hash hash_children(const Hash& left, const Hash& right);

// Head of the tree over these leaf hashes, for small trees held in memory.
Hash tree_root(std::span<const Hash> leaves);

}  // namespace countersign::ledger
