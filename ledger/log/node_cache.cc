#include "ledger/log/node_cache.h"

namespace countersign::ledger {

std::optional<Hash> NodeCache::find(std::uint64_t id) const {
  const std::lock_guard lock(lock_of(id));
  const Slot& slot = slots_[id % kSlots];
  if (slot.id != id) return std::nullopt;
  return slot.hash;
}

void NodeCache::put(std::uint64_t id, const Hash& hash) {
  const std::lock_guard lock(lock_of(id));
  slots_[id % kSlots] = {id, hash};
}

}  // namespace countersign::ledger
