#include "ledger/merkle/proof.h"

#include "ledger/merkle/tree_hash.h"

#include <bit>

namespace countersign::ledger {

namespace {

// Largest power of two below `size`. REQUIRES: size > 1.
TreeSize split_of(TreeSize size) { return std::bit_floor(size - 1); }

// Head of the leaves begin … end-1, where begin is a multiple of the largest power of two that
// fits: the only ranges the RFC's recursion asks for.
Result<Hash> range_root(std::uint64_t begin, std::uint64_t end, const NodeSource& nodes) {
  const std::uint64_t size = end - begin;
  if (std::has_single_bit(size)) {
    const auto level = static_cast<unsigned>(std::countr_zero(size));
    return nodes.node({level, begin >> level});
  }
  const std::uint64_t middle = begin + split_of(size);
  CS_TRY(const Hash left, range_root(begin, middle, nodes));
  CS_TRY(const Hash right, range_root(middle, end, nodes));
  return hash_children(left, right);
}

Result<void> inclusion_path(LeafIndex index, std::uint64_t begin, std::uint64_t end,
                            const NodeSource& nodes, std::vector<Hash>& path) {
  if (end - begin == 1) return {};
  const std::uint64_t middle = begin + split_of(end - begin);
  const bool left = index < middle;
  CS_CHECK(left ? inclusion_path(index, begin, middle, nodes, path)
                : inclusion_path(index, middle, end, nodes, path));
  CS_TRY(const Hash sibling,
         left ? range_root(middle, end, nodes) : range_root(begin, middle, nodes));
  path.push_back(sibling);
  return {};
}

// SUBPROOF of the RFC over the leaves begin … end-1; `whole`: the old tree's root over this range
// is known to the verifier.
Result<void> consistency_path(TreeSize from, std::uint64_t begin, std::uint64_t end, bool whole,
                              const NodeSource& nodes, std::vector<Hash>& path) {
  if (from == end) {
    if (whole) return {};
    CS_TRY(const Hash root, range_root(begin, end, nodes));
    path.push_back(root);
    return {};
  }
  const std::uint64_t middle = begin + split_of(end - begin);
  const bool left = from <= middle;
  CS_CHECK(left ? consistency_path(from, begin, middle, whole, nodes, path)
                : consistency_path(from, middle, end, false, nodes, path));
  CS_TRY(const Hash sibling,
         left ? range_root(middle, end, nodes) : range_root(begin, middle, nodes));
  path.push_back(sibling);
  return {};
}

}  // namespace

Result<Hash> root_of(TreeSize size, const NodeSource& nodes) {
  if (size == 0) return hash_empty();
  return range_root(0, size, nodes);
}

Result<std::vector<Hash>> inclusion_proof(LeafIndex index, TreeSize size, const NodeSource& nodes) {
  if (index >= size) return Error{Errc::not_found, "the tree of that size has no such entry"};
  std::vector<Hash> path;
  CS_CHECK(inclusion_path(index, 0, size, nodes, path));
  return path;
}

std::vector<Hash> inclusion_proof(std::span<const Hash> leaves, std::size_t index) {
  CS_ASSERT(index < leaves.size());
  std::vector<Hash> path;
  // Level by level, as tree_root(): an odd last node moves up and has no sibling there.
  std::vector<Hash> level(leaves.begin(), leaves.end());
  for (; level.size() > 1; index /= 2) {
    if ((index ^ 1) < level.size()) path.push_back(level[index ^ 1]);
    std::size_t out = 0;
    for (std::size_t i = 0; i < level.size(); i += 2) {
      level[out++] = i + 1 < level.size() ? hash_children(level[i], level[i + 1]) : level[i];
    }
    level.resize(out);
  }
  return path;
}

Result<std::vector<Hash>> consistency_proof(TreeSize from, TreeSize to, const NodeSource& nodes) {
  if (from > to) return Error{Errc::not_found, "the first size is larger than the second"};
  std::vector<Hash> path;
  if (from == 0 || from == to) return path;
  CS_CHECK(consistency_path(from, 0, to, true, nodes, path));
  return path;
}

}  // namespace countersign::ledger
