// Preparing an erasure: from a row, an entry or a person to every item of the log that still holds
// what is to be erased.
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/event_codec.h"
#include "ledger/verified_command.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

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

std::vector<Erasing> erasing(const std::vector<ErasureTarget>& targets) {
  std::vector<Erasing> all;
  for (const ErasureTarget& one : targets) all.push_back({{one.entry, one.item}, one.left});
  return all;
}

// Whether entries of this header register persons. By the text: most entries do not.
bool registers_persons(const std::string& header) {
  for (const char* type : {"ledger.created", "campaign.defined", "account.opened"}) {
    if (header.find(std::string(R"("type":")") + type + '"') != std::string::npos) return true;
  }
  return false;
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
  verified.erased_ = erasing(command.targets);
  if (!head->removed) head->cells = kNoCells;
  verified.erased_heads_.push_back({campaign, table, command.row.value, std::move(*head)});
  return {};
}

Result<void> Preparer::find_erased(EraseTexts& command, VerifiedCommand& verified) const {
  command.targets.clear();
  command.not_texts.clear();
  const auto stored = reader_.log().entry(command.entry);
  if (!stored && stored.error().code == Errc::not_found) return {};  // refused: nothing to erase
  if (!stored) return stored.error();
  CS_TRY(const DecodedHeader header, decode_header(stored->header));
  std::visit(
      [&]<typename E>(const E& event) {
        if constexpr (requires { event.campaign; }) command.campaign = event.campaign;
        if constexpr (requires { event.table; }) command.table = event.table;
      },
      header.event.event);
  const auto* objection = std::get_if<FactObjected>(&header.event.event);
  command.fact = objection == nullptr ? std::string() : objection->fact;
  CS_TRY(const Payload payload, decode_payload(stored->payload));
  std::set<std::uint32_t> wanted(command.items.begin(), command.items.end());
  for (std::uint32_t i = 0; command.items.empty() && i < payload.items.size(); ++i) {
    wanted.insert(i);
  }
  for (const std::uint32_t i : wanted) {
    const PayloadItem* item = i < payload.items.size() ? &payload.items[i] : nullptr;
    auto left = item != nullptr && item->present ? left_without_words(item->text) : std::nullopt;
    if (left) {
      command.targets.push_back({command.entry, i, item->leaf, std::move(*left)});
    } else if (!command.items.empty() && (item == nullptr || item->present)) {
      command.not_texts.push_back(i);
    }
  }
  verified.erased_ = erasing(command.targets);
  return {};
}

Result<void> Preparer::find_erased(ErasePerson& command, VerifiedCommand& verified) const {
  command.targets.clear();
  const EventLog& log = reader_.log();
  command.examined = log.size();
  for (LeafIndex index = 0; index < command.examined; ++index) {
    CS_TRY(const std::string header, log.header(index));
    if (!registers_persons(header)) continue;
    CS_TRY(const StoredEntry stored, log.entry(index));
    CS_TRY(const Payload payload, decode_payload(stored.payload));
    for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
      const PayloadItem& item = payload.items[i];
      if (!item.present) continue;
      auto left = left_without_name(item.text, command.person);
      if (left) command.targets.push_back({index, i, item.leaf, std::move(*left)});
    }
  }
  verified.erased_ = erasing(command.targets);
  return {};
}

}  // namespace countersign::ledger
