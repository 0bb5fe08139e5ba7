// ErasureCheck: what is missing of payloads against what was ordered to be erased. Nothing else may be
// missing, nothing that was erased may be there, and what is left of an item is what its erasure
// says. Private to fsck.
#pragma once

#include "ledger/content/payload.h"
#include "ledger/domain/events.h"
#include "ledger/log/event_log.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace countersign::ledger {

// Whose change an erased item was, and whether it removed the row as far as anything says so.
struct ErasedChange {
  std::string key;
  bool removed = false;
};
using ErasedChanges = std::map<ErasedItem, ErasedChange>;

// Thread safety: one thread. Memory grows with what was erased.
class ErasureCheck {
 public:
  using Found = std::function<void(LeafIndex, std::string)>;

  explicit ErasureCheck(Found found) : found_(std::move(found)) {}

  // Entries in their order, each with its items filled in.
  void add(LeafIndex index, const Event& event, const Payload& payload);
  // After all of them. Of the entries `unread` nothing is said.
  void compare(const std::set<LeafIndex>& unread) const;

  // Whose changes the erased rows were: an erasure names all of one row, and `heads` has those that
  // are still the last of theirs. Which of the earlier ones removed the row is not known; few did.
  ErasedChanges changes(const ErasedChanges& heads) const;

 private:
  struct Gone {
    Hash leaf{};
    std::string left;
  };
  void order(LeafIndex index, const std::vector<ErasureTarget>& targets);

  const Found found_;
  std::vector<std::vector<ErasureTarget>> rows_;  // of each erasure of a row
  std::map<ErasedItem, Gone> absent_;
  std::map<ErasedItem, Gone> ordered_;
};

}  // namespace countersign::ledger
