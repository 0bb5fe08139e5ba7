#include "projections/tables/row_blocks.h"

#include "projections/tables/schema.h"

#include <algorithm>
#include <future>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::TreeSize;

namespace {

constexpr std::size_t kPiece = 256 << 10;
// To look up fewer rows takes no longer than to start a thread.
constexpr std::size_t kSharedRows = 256;

constexpr const char* kChanges =
    "SELECT c.id, c.cells, c.removed FROM json_each(?) j"
    " CROSS JOIN row_changes c WHERE c.id = j.value";

// The cells of these rows, in the order of their changes; removed rows are left without. By one
// statement, which finds the next change where the last one ended. Returns those that are missing.
Result<std::vector<StoredRow*>> find(Query& changes, std::span<StoredRow* const> rows,
                                     KeptTexts& texts) {
  if (rows.empty()) return std::vector<StoredRow*>();
  std::string ids = "[";
  for (const StoredRow* row : rows) {
    if (ids.size() > 1) ids += ',';
    ids += std::to_string(row->change);
  }
  ids += ']';
  std::vector<StoredRow*> missing;
  changes.restart();
  changes.borrow(std::string_view(ids));
  CS_TRY(bool found, changes.step());
  for (StoredRow* row : rows) {
    if (!found || changes.index(0) != row->change) {
      missing.push_back(row);
      continue;
    }
    if (changes.integer(2) == 0) row->cells = texts.keep(changes.text(1));
    CS_TRY(found, changes.step());
  }
  changes.restart();
  return missing;
}

}  // namespace

void KeptTexts::clear() {
  for (std::string& piece : pieces_) piece.clear();
  piece_ = 0;
  large_.clear();
}

std::string_view KeptTexts::keep(std::string_view text) {
  if (text.size() > kPiece) return large_.emplace_front(text);
  if (!pieces_.empty() && kPiece - pieces_[piece_].size() < text.size()) ++piece_;
  if (piece_ == pieces_.size()) pieces_.emplace_back().reserve(kPiece);
  std::string& piece = pieces_[piece_];
  const std::size_t at = piece.size();
  piece.append(text);
  return std::string_view(piece).substr(at);
}

RowBlocks::RowBlocks(Database& store, Database* beside, const Edition& edition, TreeSize size,
                     std::string_view from)
    // The index alone tells which change of each row was the last; only those are then looked at,
    // however often their rows were changed. To see where a key ends costs less here than GROUP BY.
    : index_(store.query("SELECT key, id FROM row_changes WHERE edition = ? AND id < ? AND key > ?"
                         " ORDER BY key, id")),
      changes_(store.query(kChanges)) {
  if (beside != nullptr) changes_beside_.emplace(beside->query(kChanges));
  index_.bind(edition.id, std::min(change_id(size, 0), kNewestChange), from);
}

Result<bool> RowBlocks::fill(RowBlock& block, std::size_t count) {
  block.rows_.clear();
  block.texts_.clear();
  block.texts_beside_.clear();
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
      rows.push_back({block.texts_.keep(key), 0, {}});
    }
    rows.back().change = index_.index(1);
    begun_ = false;
  }
}

Result<void> RowBlocks::look_up(RowBlock& block) {
  std::vector<StoredRow*> order;
  order.reserve(block.rows_.size());
  for (StoredRow& row : block.rows_) order.push_back(&row);
  std::ranges::sort(order, {}, &StoredRow::change);
  const bool shared = changes_beside_.has_value() && order.size() >= kSharedRows;
  const std::span<StoredRow* const> rows(order);
  const auto theirs = rows.first(shared ? rows.size() / 2 : 0);
  const auto find_theirs = [&] { return find(*changes_beside_, theirs, block.texts_beside_); };
  // Ends before this function does: its destructor waits.
  std::future<Result<std::vector<StoredRow*>>> found_beside;
  if (shared) {
    found_beside = std::async(std::launch::async | std::launch::deferred, find_theirs);
  }
  CS_TRY(auto missing, find(changes_, rows.subspan(theirs.size()), block.texts_));
  if (shared) {
    // It may see a later moment of the store, in which some were erased.
    CS_TRY(const auto left, found_beside.get());
    CS_TRY(const auto gone, find(changes_, left, block.texts_));
    missing.insert(missing.end(), gone.begin(), gone.end());
  }
  if (!missing.empty()) return Error{Errc::corrupt, "view store: a change of a row is missing"};
  return {};
}

}  // namespace countersign::projections
