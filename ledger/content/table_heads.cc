#include "ledger/content/table_heads.h"

#include "ledger/merkle/tree_hash.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace countersign::ledger {

void TableHeads::put(std::string key, const Hash& leaf, bool removed) {
  rows_.insert_or_assign(std::move(key), Head{leaf, removed});
  heads_.reset();
  version_.reset();
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
