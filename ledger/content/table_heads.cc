#include "ledger/content/table_heads.h"

#include "ledger/merkle/tree_hash.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace countersign::ledger {

std::optional<LeafIndex> TableHeads::put(std::string key, LeafIndex index, const Hash& leaf,
                                         bool removed) {
  heads_.reset();
  version_.reset();
  const Head head{leaf, index, removed};
  const auto [row, first] = rows_.try_emplace(std::move(key), head);
  if (first) return std::nullopt;
  return std::exchange(row->second, head).index;
}

const StatedRows& TableHeads::heads() {
  if (!heads_) heads_ = state_of(true);
  return *heads_;
}

const StatedRows& TableHeads::version() {
  if (!version_) version_ = state_of(false);
  return *version_;
}

StatedRows TableHeads::state_of(bool with_removed) const {
  std::vector<const std::pair<const std::string, Head>*> sorted;
  sorted.reserve(rows_.size());
  for (const auto& row : rows_) {
    if (with_removed || !row.second.removed) sorted.push_back(&row);
  }
  std::ranges::sort(sorted, {}, [](const auto* row) -> const std::string& { return row->first; });
  std::vector<Hash> leaves;
  leaves.reserve(sorted.size());
  for (const auto* row : sorted) leaves.push_back(row->second.leaf);
  return {tree_root(leaves), leaves.size()};
}

}  // namespace countersign::ledger
