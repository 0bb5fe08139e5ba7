#include "ledger/erasure_check.h"

namespace countersign::ledger {

namespace {

std::string name_of(const ErasedItem& item) { return "Item " + std::to_string(item.item); }

}  // namespace

void ErasureCheck::add(LeafIndex index, const Event& event, const Payload& payload) {
  for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
    const PayloadItem& item = payload.items[i];
    if (!item.present) absent_.emplace(ErasedItem{index, i}, Gone{item.leaf, item.text});
  }
  if (const auto* row = std::get_if<RowErased>(&event)) {
    rows_.push_back(row->targets);
    order(index, row->targets);
  } else if (const auto* texts = std::get_if<TextsErased>(&event)) {
    order(index, texts->targets);
  } else if (const auto* person = std::get_if<PersonErased>(&event)) {
    order(index, person->targets);
  }
}

void ErasureCheck::order(LeafIndex index, const std::vector<ErasureTarget>& targets) {
  for (const ErasureTarget& one : targets) {
    if (one.entry >= index) found_(index, "It erases what was recorded after it.");
    ordered_.emplace(ErasedItem{one.entry, one.item}, Gone{one.leaf, one.left});
  }
}

void ErasureCheck::compare(const std::set<LeafIndex>& unread) const {
  for (const auto& [item, gone] : absent_) {
    const auto order = ordered_.find(item);
    if (order == ordered_.end()) {
      found_(item.entry, name_of(item) + " is missing, and nothing says that it was erased.");
    } else if (order->second.leaf != gone.leaf) {
      found_(item.entry, name_of(item) + " is not the one that was erased.");
    } else if (order->second.left != gone.left) {
      found_(item.entry,
             name_of(item) + " was erased, and what is left of it is not what its erasure says.");
    }
  }
  for (const auto& [item, gone] : ordered_) {
    if (absent_.contains(item) || unread.contains(item.entry)) continue;
    found_(item.entry, name_of(item) + " was ordered erased and is there.");
  }
}

ErasedChanges ErasureCheck::changes(const ErasedChanges& heads) const {
  ErasedChanges changes;
  for (const auto& act : rows_) {
    if (act.empty()) continue;
    const auto head = heads.find({act.back().entry, act.back().item});
    if (head == heads.end()) continue;
    for (const ErasureTarget& one : act) {
      changes[{one.entry, one.item}] = {head->second.key, false};
    }
    changes[head->first] = head->second;
  }
  return changes;
}

}  // namespace countersign::ledger
