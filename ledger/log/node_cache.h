// Node cache: the tree nodes read or written last. A receipt's proof asks for a dozen nodes, most
// of them near the end of the tree and the same for all receipts of a group; each would be a read
// of the database. A node never changes once it is stored, so nothing ever has to be invalidated.
//
// Bounded: as many nodes as there are slots; a new one takes the slot of an old one.
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/bytes.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace countersign::ledger {

class NodeCache {
 public:
  NodeCache() : slots_(kSlots) {}

  std::optional<Hash> find(std::uint64_t id) const;
  void put(std::uint64_t id, const Hash& hash);

 private:
  static constexpr std::size_t kSlots = 1 << 15;
  static constexpr std::size_t kLocks = 64;
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  struct Slot {
    std::uint64_t id = kNone;
    Hash hash{};
  };

  std::mutex& lock_of(std::uint64_t id) const { return locks_[id % kLocks]; }

  std::vector<Slot> slots_;
  mutable std::array<std::mutex, kLocks> locks_;
};

}  // namespace countersign::ledger
