// MemoryNodes: the complete nodes of a tree, held in memory under their dense numbers as an engine
// stores them.
#pragma once

#include "ledger/merkle/compact_range.h"

#include <cstddef>
#include <span>
#include <vector>

namespace countersign::testing {

class MemoryNodes final : public ledger::NodeSource {
 public:
  explicit MemoryNodes(std::span<const ledger::Hash> leaves) {
    std::vector<ledger::CompactRange::Completed> completed;
    for (const ledger::Hash& leaf : leaves) range_.append(leaf, completed);
    for (const auto& node : completed) {
      CS_ASSERT(ledger::dense_id(node.id) == nodes_.size());
      nodes_.push_back(node.hash);
    }
  }

  const ledger::CompactRange& range() const { return range_; }

  ledger::Result<ledger::Hash> node(ledger::NodeId id) const override {
    const auto number = static_cast<std::size_t>(ledger::dense_id(id));
    if (number >= nodes_.size()) {
      return ledger::Error{ledger::Errc::not_found, "the subtree is not complete"};
    }
    return nodes_[number];
  }

 private:
  ledger::CompactRange range_;
  std::vector<ledger::Hash> nodes_;
};

}  // namespace countersign::testing
