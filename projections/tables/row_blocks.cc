#include "projections/tables/row_blocks.h"

#include "projections/tables/schema.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::TreeSize;

namespace {

constexpr std::size_t kPiece = 256 << 10;

}  // namespace

void RowBlock::clear() {
  rows_.clear();
  for (std::string& piece : pieces_) piece.clear();
  piece_ = 0;
  large_.clear();
}

std::string_view RowBlock::keep(std::string_view text) {
  if (text.size() > kPiece) return large_.emplace_front(text);
  if (!pieces_.empty() && kPiece - pieces_[piece_].size() < text.size()) ++piece_;
  if (piece_ == pieces_.size()) pieces_.emplace_back().reserve(kPiece);
  std::string& piece = pieces_[piece_];
  const std::size_t at = piece.size();
  piece.append(text);
  return std::string_view(piece).substr(at);
}

RowBlocks::RowBlocks(Database& store, const Edition& edition, TreeSize size, std::string_view from)
    // The index alone tells which change of each row was the last; only those are then looked at,
    // however often their rows were changed. To see where a key ends costs less here than GROUP BY.
    : index_(store.query("SELECT key, id FROM row_changes WHERE edition = ? AND id < ? AND key > ?"
                         " ORDER BY key, id")),
      changes_(store.query("SELECT c.cells, c.removed FROM json_each(?) j"
                           " CROSS JOIN row_changes c WHERE c.id = j.value")) {
  index_.bind(edition.id, std::min(change_id(size, 0), kNewestChange), from);
}

Result<bool> RowBlocks::fill(RowBlock& block, std::size_t count) {
  block.clear();
  CS_TRY(const bool more, read_keys(block, count));
  CS_CHECK(look_up(block));
  std::erase_if(block.rows_, [](const StoredRow& row) { return row.cells.empty(); });
  return more;
}

// Each with its last change.
Result<bool> RowBlocks::read_keys(RowBlock& block, std::size_t count) {
  auto& rows = block.rows_;
  while (true) {
    if (!begun_) {
      CS_TRY(begun_, index_.step());
      if (!begun_) return false;
    }
    const std::string_view key = index_.text(0);
    if (rows.empty() || rows.back().key != key) {
      if (rows.size() == count) return true;
      rows.push_back({block.keep(key), 0, {}});
    }
    rows.back().change = index_.index(1);
    begun_ = false;
  }
}

// Removed rows are left without cells.
Result<void> RowBlocks::look_up(RowBlock& block) {
  std::vector<StoredRow*> order;
  order.reserve(block.rows_.size());
  for (StoredRow& row : block.rows_) order.push_back(&row);
  std::ranges::sort(order, {}, &StoredRow::change);
  std::string ids = "[";
  for (const StoredRow* row : order) {
    if (ids.size() > 1) ids += ',';
    ids += std::to_string(row->change);
  }
  ids += ']';
  // One statement, which finds the next change where the last one ended.
  changes_.restart();
  changes_.borrow(std::string_view(ids));
  for (StoredRow* row : order) {
    CS_TRY(const bool found, changes_.step());
    if (!found) return Error{Errc::corrupt, "view store: a change of a row is missing"};
    if (changes_.integer(1) == 0) row->cells = block.keep(changes_.text(0));
  }
  changes_.restart();
  return {};
}

}  // namespace countersign::projections
