#include "ledger/statement_check.h"

namespace countersign::ledger {

StatementCheck::StatementCheck(Found found, const StatementCheck& before,
                               const ErasedChanges& erased)
    : found_(std::move(found)), before_(&before), erased_(&erased) {}

void StatementCheck::add(LeafIndex index, const Event& event, const Payload& payload) {
  if (const auto* changed = std::get_if<RowsChanged>(&event)) {
    const TableName name{changed->campaign.value, changed->table.value};
    if (before_ != nullptr && !before_->unjudged_from_.contains(name)) return;
    change(index, tables_[name], *changed, payload);
  } else if (const auto* attested = std::get_if<TableAttested>(&event)) {
    judge(index, {attested->campaign.value, attested->table.value},
          {attested->heads.hash, attested->heads.rows}, true);
  } else if (const auto* submitted = std::get_if<TableSubmitted>(&event)) {
    judge(index, {submitted->campaign.value, submitted->table.value},
          {submitted->version.hash, submitted->version.rows}, false);
  }
}

void StatementCheck::change(LeafIndex index, Table& table, const RowsChanged& event,
                            const Payload& payload) {
  if (table.unknown) return;
  for (const RowChange& one : event.rows) {
    table.heads.put(one.key.value, index, payload.items[one.item].leaf, one.removed);
  }
  for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
    // Something is left of a reason, nothing of a row.
    if (payload.items[i].present || !payload.items[i].text.empty()) continue;
    if (erased_ != nullptr) {
      if (const auto known = erased_->find({index, i}); known != erased_->end()) {
        table.heads.put(known->second.key, index, payload.items[i].leaf, known->second.removed);
        table.supposed = true;
        continue;
      }
    }
    table.heads = {};
    table.unknown = true;
    return;
  }
}

void StatementCheck::judge(LeafIndex index, const TableName& name, const StatedRows& stated,
                           bool with_removed) {
  if (before_ != nullptr) {
    const auto from = before_->unjudged_from_.find(name);
    if (from == before_->unjudged_from_.end() || index < from->second) return;
  }
  Table& table = tables_[name];
  const bool known = !table.unknown && !all_unknown_;
  const bool same = known && stated == (with_removed ? table.heads.heads() : table.heads.version());
  // A hash that agrees proves what was supposed; one that does not may be owed to it.
  if (!known || (!same && !with_removed && table.supposed)) {
    ++unjudged_;
    unjudged_from_.emplace(name, index);
    return;
  }
  ++compared_;
  if (same) return;
  found_(index, with_removed
                    ? "It attests other last changes of the table's rows than the items before it."
                    : "It submits other rows than the items before it leave in the table.");
}

}  // namespace countersign::ledger
