// Preparing an erasure: from a row to every item of the log that still holds what it said.
#include "ledger/domain/event_codec.h"
#include "ledger/verified_command.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

// What stands in place of the cells of a row that was not removed.
constexpr const char* kNoCells = "{}";

struct FoundChange {
  ErasureTarget target;
  RowChange change;
};

// The row's change in the entry; none: its item is erased.
Result<std::optional<FoundChange>> change_in(const EventLog& log, LeafIndex index,
                                             const RowKey& row) {
  CS_TRY(const StoredEntry stored, log.entry(index));
  CS_TRY(const Payload payload, decode_payload(stored.payload));
  for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
    const PayloadItem& item = payload.items[i];
    if (!item.present) continue;
    auto change = decode_row_item(item.text);
    if (!change || change->key != row) continue;  // a reason, or another row
    return std::optional(FoundChange{{index, i, item.leaf}, std::move(*change)});
  }
  return std::optional<FoundChange>();
}

}  // namespace

Result<void> Preparer::find_erased(EraseRow& command, VerifiedCommand& verified) const {
  command.targets.clear();
  const std::string& campaign = command.campaign.value;
  const std::string& table = command.table.value;
  CS_TRY(auto head, reader_.log().row_view()->row(campaign, table, command.row.value));
  if (!head) return {};  // refused: there is nothing to erase
  command.row_removed = head->removed;
  // Each change names the one before it. Where one is erased, so are those before.
  for (std::optional<LeafIndex> at = head->index; at;) {
    CS_TRY(const auto found, change_in(reader_.log(), *at, command.row));
    if (!found) break;
    command.targets.push_back(found->target);
    at = found->change.prev;
  }
  std::ranges::reverse(command.targets);
  for (const ErasureTarget& one : command.targets) {
    verified.erased_.push_back({one.entry, one.item});
  }
  if (!head->removed) head->cells = kNoCells;
  verified.erased_heads_.push_back({campaign, table, command.row.value, std::move(*head)});
  return {};
}

}  // namespace countersign::ledger
