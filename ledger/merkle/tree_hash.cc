#include "ledger/merkle/tree_hash.h"

#include "ledger/crypto/sha256.h"

#include <vector>

namespace countersign::ledger {

namespace {
constexpr std::uint8_t kLeaf[] = {0x00};
constexpr std::uint8_t kNode[] = {0x01};
}  // namespace

Hash hash_empty() { return sha256(ByteSpan{}); }
Hash hash_leaf(ByteSpan data) { return sha256({kLeaf, data}); }
Hash hash_children(const Hash& left, const Hash& right) { return sha256({kNode, left, right}); }

Hash tree_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return hash_empty();
  // Level by level; an odd last node moves up unchanged, which is the RFC's split at the largest
  // power of two.
  std::vector<Hash> level(leaves.begin(), leaves.end());
  while (level.size() > 1) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < level.size(); i += 2) {
      level[out++] = i + 1 < level.size() ? hash_children(level[i], level[i + 1]) : level[i];
    }
    level.resize(out);
  }
  return level.front();
}

}  // namespace countersign::ledger
