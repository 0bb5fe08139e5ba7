// Properties of the tree that hold at every size, against the recursion of RFC 6962 written down
// literally.
#include "ledger/merkle/compact_range.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/merkle/verify_proof.h"
#include "tests/support/memory_nodes.h"

#include <bit>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using testing::MemoryNodes;

constexpr std::size_t kRangeSizes = 300;
constexpr TreeSize kProofSizes = 130;

std::vector<Hash> some_leaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(hash_leaf(as_bytes(std::to_string(i))));
  return leaves;
}

Hash naive_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return hash_empty();
  if (leaves.size() == 1) return leaves[0];
  const std::size_t left = std::bit_floor(leaves.size() - 1);
  return hash_children(naive_root(leaves.first(left)), naive_root(leaves.subspan(left)));
}

// Every way of changing one bit of a path.
template <typename Accepts>
void expect_no_flipped_bit_accepted(std::vector<Hash> path, const Accepts& accepts) {
  for (std::size_t hash = 0; hash < path.size(); ++hash) {
    for (std::size_t bit = 0; bit < 256; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
      path[hash][bit / 8] ^= mask;
      EXPECT_FALSE(accepts(path)) << "hash " << hash << " bit " << bit;
      path[hash][bit / 8] ^= mask;
    }
  }
}

TEST(Tree, CompactRangeAndTreeRootFollowTheRecursion) {
  const auto leaves = some_leaves(kRangeSizes);
  CompactRange range;
  std::vector<CompactRange::Completed> completed;
  for (std::size_t size = 0; size <= kRangeSizes; ++size) {
    if (size > 0) range.append(leaves[size - 1], completed);
    const Hash expected = naive_root({leaves.data(), size});
    ASSERT_EQ(range.size(), size);
    ASSERT_EQ(range.root(), expected) << size;
    ASSERT_EQ(tree_root({leaves.data(), size}), expected) << size;
  }
}

TEST(Tree, NodesAreNumberedDenselyInOrderOfCompletion) {
  const auto leaves = some_leaves(kRangeSizes);
  CompactRange range;
  std::vector<CompactRange::Completed> completed;
  for (std::size_t size = 1; size <= kRangeSizes; ++size) {
    range.append(leaves[size - 1], completed);
    ASSERT_EQ(completed.size(), nodes_in(size)) << size;
  }
  for (std::size_t i = 0; i < completed.size(); ++i) ASSERT_EQ(dense_id(completed[i].id), i);
}

TEST(Tree, ARestoredRangeGoesOnAsIfNeverInterrupted) {
  const auto leaves = some_leaves(kRangeSizes);
  const MemoryNodes nodes(leaves);
  for (std::size_t size = 0; size < kRangeSizes; ++size) {
    auto range = CompactRange::restore(size, nodes);
    ASSERT_TRUE(range);
    ASSERT_EQ(range->root(), naive_root({leaves.data(), size})) << size;
    std::vector<CompactRange::Completed> completed;
    range->append(leaves[size], completed);
    ASSERT_EQ(range->root(), naive_root({leaves.data(), size + 1})) << size;
  }
}

TEST(Tree, EveryInclusionProofVerifiesAndForNoOtherLeafOrIndex) {
  const auto leaves = some_leaves(kProofSizes);
  const MemoryNodes nodes(leaves);
  for (TreeSize size = 1; size <= kProofSizes; ++size) {
    const Hash root = naive_root({leaves.data(), size});
    for (LeafIndex i = 0; i < size; ++i) {
      const auto path = inclusion_proof(i, size, nodes);
      ASSERT_TRUE(path);
      ASSERT_TRUE(verify_inclusion(leaves[i], i, size, *path, root)) << i << " of " << size;
      ASSERT_EQ(inclusion_proof(std::span(leaves).first(size), i), *path) << i << " of " << size;
      if (size == 1) continue;
      const LeafIndex other = (i + 1) % size;
      ASSERT_FALSE(verify_inclusion(leaves[other], i, size, *path, root)) << i << " of " << size;
      ASSERT_FALSE(verify_inclusion(leaves[i], other, size, *path, root)) << i << " of " << size;
    }
  }
}

TEST(Tree, EveryConsistencyProofVerifiesAndForNoOtherRoot) {
  const auto leaves = some_leaves(kProofSizes);
  const MemoryNodes nodes(leaves);
  for (TreeSize to = 1; to <= kProofSizes; ++to) {
    const Hash to_root = naive_root({leaves.data(), to});
    for (TreeSize from = 1; from <= to; ++from) {
      const auto path = consistency_proof(from, to, nodes);
      ASSERT_TRUE(path);
      const Hash from_root = naive_root({leaves.data(), from});
      ASSERT_TRUE(verify_consistency(from, to, *path, from_root, to_root)) << from << " " << to;
      ASSERT_FALSE(verify_consistency(from, to, *path, hash_empty(), to_root)) << from << " " << to;
      ASSERT_FALSE(verify_consistency(from, to, *path, from_root, hash_empty()))
          << from << " " << to;
    }
  }
}

TEST(Tree, OneFlippedBitFailsAnyProof) {
  const auto leaves = some_leaves(33);
  const MemoryNodes nodes(leaves);
  for (TreeSize size : {2u, 7u, 8u, 21u, 33u}) {
    const Hash root = naive_root({leaves.data(), size});
    for (LeafIndex i = 0; i < size; ++i) {
      expect_no_flipped_bit_accepted(
          inclusion_proof(i, size, nodes).value(), [&](std::span<const Hash> path) {
            return verify_inclusion(leaves[i], i, size, path, root).has_value();
          });
    }
    for (TreeSize from = 1; from < size; ++from) {
      const Hash from_root = naive_root({leaves.data(), from});
      expect_no_flipped_bit_accepted(
          consistency_proof(from, size, nodes).value(), [&](std::span<const Hash> path) {
            return verify_consistency(from, size, path, from_root, root).has_value();
          });
    }
  }
}

TEST(Tree, PathsOfTheWrongLengthFail) {
  const auto leaves = some_leaves(21);
  const MemoryNodes nodes(leaves);
  const Hash root = naive_root(leaves);
  const Hash old_root = naive_root({leaves.data(), 6});
  auto inclusion = inclusion_proof(5, 21, nodes).value();
  auto consistency = consistency_proof(6, 21, nodes).value();
  inclusion.push_back(root);
  consistency.push_back(root);
  EXPECT_FALSE(verify_inclusion(leaves[5], 5, 21, inclusion, root));
  EXPECT_FALSE(verify_consistency(6, 21, consistency, old_root, root));
  for (int i = 0; i < 2; ++i) {
    inclusion.pop_back();
    consistency.pop_back();
  }
  EXPECT_FALSE(verify_inclusion(leaves[5], 5, 21, inclusion, root));
  EXPECT_FALSE(verify_consistency(6, 21, consistency, old_root, root));
  EXPECT_FALSE(verify_consistency(6, 21, {}, old_root, root));
}

// A path that stops early reaches an inner node; whoever presents that node as the root is refused
// by the length alone.
TEST(Tree, AnInnerNodeIsNotARoot) {
  const auto leaves = some_leaves(8);
  const Hash pair = hash_children(leaves[0], leaves[1]);
  const Hash next = hash_children(leaves[2], leaves[3]);
  const std::vector<Hash> sibling = {leaves[1]};
  EXPECT_FALSE(verify_inclusion(leaves[0], 0, 2, {}, leaves[0]));
  EXPECT_TRUE(verify_inclusion(leaves[0], 0, 2, sibling, pair));
  EXPECT_FALSE(verify_inclusion(leaves[0], 0, 8, sibling, pair));
  const std::vector<Hash> cousin = {next};
  EXPECT_TRUE(verify_consistency(2, 4, cousin, pair, hash_children(pair, next)));
  EXPECT_FALSE(verify_consistency(2, 8, cousin, pair, hash_children(pair, next)));
}

TEST(Tree, WhatTheTreeDoesNotHoldCannotBeProved) {
  const auto leaves = some_leaves(8);
  const MemoryNodes nodes(leaves);
  EXPECT_EQ(inclusion_proof(8, 8, nodes).error().code, Errc::not_found);
  EXPECT_EQ(inclusion_proof(0, 9, nodes).error().code, Errc::not_found);
  EXPECT_EQ(consistency_proof(9, 8, nodes).error().code, Errc::not_found);
  EXPECT_EQ(consistency_proof(3, 9, nodes).error().code, Errc::not_found);
  EXPECT_TRUE(consistency_proof(0, 8, nodes).value().empty());
  EXPECT_TRUE(consistency_proof(8, 8, nodes).value().empty());
  const Hash root = naive_root(leaves);
  EXPECT_FALSE(verify_inclusion(leaves[0], 0, 0, {}, hash_empty()));
  EXPECT_FALSE(verify_consistency(9, 8, {}, root, root));
  EXPECT_TRUE(verify_consistency(8, 8, {}, root, root));
  EXPECT_FALSE(verify_consistency(8, 8, {}, root, leaves[0]));
}

// The prefixes 0x00 and 0x01 keep an inner node from passing as an entry.
TEST(Tree, AnInnerNodeIsNotALeaf) {
  const auto leaves = some_leaves(2);
  std::string pair(as_chars(leaves[0]));
  pair += as_chars(leaves[1]);
  EXPECT_NE(hash_leaf(as_bytes(pair)), hash_children(leaves[0], leaves[1]));
}

}  // namespace
}  // namespace countersign::ledger
