// Single rows in a season: edits while a table takes them, and looks at personal tables.
#include "tools/demo/plausible_values.h"
#include "tools/load/grow/season.h"

#include <algorithm>
#include <cmath>

namespace countersign::tools {

using ledger::AccountId;
using ledger::Result;
using ledger::Role;
using ledger::RowEdits;
using ledger::Timestamp;

namespace {

// Of a thousand.
constexpr unsigned kLooks = 70;
constexpr unsigned kWithReason = 300;
constexpr unsigned kByHelpers = 100;
constexpr int kDrawsMax = 8;

}  // namespace

// Larger tables are edited more, though not in proportion.
Season::Sheet* Season::any_open_sheet() {
  if (open_sheets_.empty()) return nullptr;
  const std::uint64_t drawn = random_() % open_sums_.back();
  const auto at = std::upper_bound(open_sums_.begin(), open_sums_.end(), drawn);
  return &sheets_[open_sheets_[static_cast<std::size_t>(at - open_sums_.begin())]];
}

std::optional<Order> Season::edit(Timestamp when) {
  for (int i = 0; i < kDrawsMax; ++i) {
    Sheet* sheet = any_open_sheet();
    if (sheet == nullptr) return std::nullopt;
    const ledger::RowKey key = sheet->model->any_row(random_);
    const std::string name = sheet->table->key.value + "\n" + key.value;
    if (touched_before_.contains(name) || !touched_.insert(name).second) continue;
    AccountId account = filler(*sheet);
    // A helping department may edit where its part is the whole table.
    for (const auto& part : sheet->table->assisting) {
      if (part.columns.empty() && part.row_column.empty() && draw(kByHelpers)) {
        account = crew_.wearing(Role::filler, part.departments.front()).front();
        break;
      }
    }
    RowEdits edits;
    edits.campaign = campaign_.id;
    edits.table = sheet->table->key;
    edits.rows.push_back(sheet->model->edit(key, !sheet->table->single_row, random_));
    touched_.insert(sheet->table->key.value + "\n" + edits.rows.front().key->value);
    if (edits.rows.front().remove) {
      edits.reason = "重复登记，核对后删除";
    } else if (edits.rows.front().cells.empty()) {
      continue;  // no column of it can be told another value
    } else if (draw(kWithReason)) {
      edits.reason = "按原始材料更正";
    }
    return Order{std::move(account), when, std::move(edits)};
  }
  return std::nullopt;
}

std::optional<Order> Season::look(Timestamp when, bool any_time) {
  for (int i = 0; i < kDrawsMax; ++i) {
    const Sheet* sheet =
        any_time ? &sheets_[below(random_, sheets_.size())] : any_open_sheet();
    if (sheet == nullptr) return std::nullopt;
    if (!sheet->table->personal() || sheet->model == nullptr || sheet->model->rows() == 0) continue;
    ledger::ReadTable read;
    read.campaign = campaign_.id;
    read.table = sheet->table->key;
    read.as_of = ledger_.reader().size();
    const bool one = draw(800);
    read.what = one ? (draw(300) ? "history" : "row") : "rows";
    read.rows = one ? 1 : std::min<std::uint64_t>(sheet->model->rows(), 100);
    if (one) read.row = sheet->model->any_row(random_);
    const bool office = draw(200);
    return Order{office ? crew_.any(Role::centre_office, {}, random_)
                        : crew_.any(draw(500) ? Role::filler : Role::reviewer, sheet->table->owner,
                                    random_),
                 when, ledger::Command(std::move(read))};
  }
  return std::nullopt;
}

Result<void> Season::edit_and_look(std::size_t count, Timestamp from, Timestamp to) {
  open_sheets_.clear();
  open_sums_.clear();
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < sheets_.size(); ++i) {
    const Sheet& sheet = sheets_[i];
    const bool takes_edits = sheet.model != nullptr && sheet.model->rows() > 0 &&
                             !sheet.under_way && !sheet.finished &&
                             open_.contains(sheet.table->phase);
    if (!takes_edits) continue;
    sum += 1 + static_cast<std::uint64_t>(std::sqrt(static_cast<double>(sheet.model->rows())));
    open_sheets_.push_back(i);
    open_sums_.push_back(sum);
  }
  touched_before_ = std::exchange(touched_, {});
  std::vector<Order> orders;
  orders.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Timestamp when{from.micros + (to.micros - from.micros) *
                                           static_cast<std::int64_t>(i) /
                                           static_cast<std::int64_t>(count)};
    auto one = draw(kLooks) ? look(when, false) : edit(when);
    if (one) orders.push_back(std::move(*one));
  }
  // The step before stays the last one that touched anything, unless it is over.
  if (orders.empty()) return writer_.drain();
  return writer_.feed(orders, to);
}

}  // namespace countersign::tools
