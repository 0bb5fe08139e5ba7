#include "ledger/merkle/compact_range.h"

#include "ledger/merkle/tree_hash.h"

namespace countersign::ledger {

Result<CompactRange> CompactRange::restore(TreeSize size, const NodeSource& nodes) {
  CompactRange range;
  range.size_ = size;
  std::uint64_t begin = 0;
  for (unsigned level = 64; level-- > 0;) {
    if ((size >> level & 1) == 0) continue;
    CS_TRY(const Hash hash, nodes.node({level, begin >> level}));
    range.edge_.push_back(hash);
    begin += std::uint64_t{1} << level;
  }
  return range;
}

void CompactRange::append(const Hash& leaf, std::vector<Completed>& completed) {
  completed.push_back({{0, size_}, leaf});
  edge_.push_back(leaf);
  ++size_;
  for (unsigned level = 1; (size_ >> level << level) == size_; ++level) {
    const Hash right = edge_.back();
    edge_.pop_back();
    edge_.back() = hash_children(edge_.back(), right);
    completed.push_back({{level, (size_ >> level) - 1}, edge_.back()});
  }
}

Hash CompactRange::root() const {
  if (edge_.empty()) return hash_empty();
  Hash root = edge_.back();
  for (std::size_t i = edge_.size() - 1; i-- > 0;) root = hash_children(edge_[i], root);
  return root;
}

}  // namespace countersign::ledger
