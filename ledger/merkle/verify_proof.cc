#include "ledger/merkle/verify_proof.h"

#include "ledger/merkle/tree_hash.h"

#include <bit>

namespace countersign::ledger {

namespace {
Error refused(const char* what) { return {Errc::unauthorized, what}; }
}  // namespace

// Variable names are the RFC's.
Result<void> verify_inclusion(const Hash& leaf, LeafIndex index, TreeSize size,
                              std::span<const Hash> path, const Hash& root) {
  if (index >= size) return refused("the index is beyond the tree");
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Hash r = leaf;
  for (const Hash& p : path) {
    if (sn == 0) return refused("the inclusion path is too long");
    if ((fn & 1) == 1 || fn == sn) {
      r = hash_children(p, r);
      if ((fn & 1) == 0) {
        do {
          fn >>= 1;
          sn >>= 1;
        } while ((fn & 1) == 0 && fn != 0);
      }
    } else {
      r = hash_children(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return refused("the inclusion path is too short");
  if (r != root) return refused("the inclusion path leads to another root");
  return {};
}

Result<void> verify_consistency(TreeSize from, TreeSize to, std::span<const Hash> path,
                                const Hash& from_root, const Hash& to_root) {
  if (from == 0 || from > to) return refused("no consistency can be proved between these sizes");
  if (from == to) {
    if (!path.empty() || from_root != to_root) return refused("two roots for one size: a fork");
    return {};
  }
  if (path.empty()) return refused("the consistency path is empty");
  const bool from_is_complete = std::has_single_bit(from);
  std::uint64_t fn = from - 1;
  std::uint64_t sn = to - 1;
  while ((fn & 1) == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash fr = from_is_complete ? from_root : path.front();
  Hash sr = fr;
  for (const Hash& c : path.subspan(from_is_complete ? 0 : 1)) {
    if (sn == 0) return refused("the consistency path is too long");
    if ((fn & 1) == 1 || fn == sn) {
      fr = hash_children(c, fr);
      sr = hash_children(c, sr);
      if ((fn & 1) == 0) {
        do {
          fn >>= 1;
          sn >>= 1;
        } while ((fn & 1) == 0 && fn != 0);
      }
    } else {
      sr = hash_children(sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return refused("the consistency path is too short");
  if (fr != from_root) return refused("the first root is not a part of the second tree");
  if (sr != to_root) return refused("the consistency path leads to another root");
  return {};
}

}  // namespace countersign::ledger
