#include "ledger/domain/row_text.h"

#include "ledger/base/canonical_scan.h"
#include "ledger/domain/event_codec.h"

#include <algorithm>
#include <array>

namespace countersign::ledger {

namespace {

// The members that row_item() writes, in their order.
enum Member : std::uint8_t { kCells, kKey, kKind, kOp, kPrev, kTable };
constexpr std::array<std::string_view, 6> kMembers{"cells", "key", "kind", "op", "prev", "table"};

bool is_row(const std::vector<CanonicalMember>& members) {
  if (members.size() != kMembers.size()) return false;
  for (std::size_t i = 0; i < kMembers.size(); ++i) {
    if (members[i].name != kMembers[i]) return false;
  }
  const std::string_view op = members[kOp].value;
  const std::string_view prev = members[kPrev].value;
  return members[kKind].value == R"("row")" && (op == R"("put")" || op == R"("remove")") &&
         is_string(members[kKey].value) && is_string(members[kTable].value) &&
         (prev == "null" || (!prev.empty() && prev.find_first_not_of("0123456789") ==
                                                  std::string_view::npos));
}

// Appends the cells; false: they stand in a form that is rare, and what was appended means nothing.
bool split_cells(const std::vector<CanonicalMember>& members, std::vector<CellText>& cells,
                 std::forward_list<std::string>& kept) {
  for (const auto& [name, value] : members) {
    // A name with escapes is rarer than what is worth reading here.
    if (name.find('\\') != std::string_view::npos) return false;
    if (value == "null") {
      cells.push_back({name, {}, true});
    } else if (is_plain_string(value)) {
      cells.push_back({name, value.substr(1, value.size() - 2), false});
    } else if (is_string(value)) {
      cells.push_back({name, kept.emplace_front(string_of(value)), false});
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string_view RowTexts::keep(std::string text) { return kept_.emplace_front(std::move(text)); }

Result<std::span<const CellText>> CellTexts::read(std::string_view text) {
  cells_.clear();
  kept_.clear();
  thread_local std::vector<CanonicalMember> members;
  if (read_canonical_object(text, members) && split_cells(members, cells_, kept_)) {
    return std::span<const CellText>(cells_);
  }
  cells_.clear();
  CS_TRY(const Cells cells, decode_cells(text));
  for (const auto& [column, cell] : cells) {
    const std::string_view name = kept_.emplace_front(column);
    cells_.push_back({name, cell ? std::string_view(kept_.emplace_front(*cell)) : "", !cell});
  }
  return std::span<const CellText>(cells_);
}

void RowTexts::expect(std::size_t rows) {
  expected_ = rows;
  rows_.reserve(rows);
  extents_.reserve(rows);
}

bool RowTexts::add(std::string_view item, std::uint32_t place) {
  thread_local std::vector<CanonicalMember> members;
  if (!item.starts_with(R"({"cells":{)") || !read_canonical_object(item, members) ||
      !is_row(members)) {
    return false;
  }
  thread_local std::vector<CanonicalMember> cell_members;
  const std::size_t first = cells_.size();
  if (!read_member_object(members[kCells].value, cell_members)) return false;
  if (first == 0) cells_.reserve(std::max<std::size_t>(expected_, 1) * cell_members.size());
  if (!split_cells(cell_members, cells_, kept_)) {
    cells_.resize(first);
    return false;
  }
  rows_.push_back({RowKey(string_of(members[kKey].value)), members[kOp].value == R"("remove")",
                   place, members[kCells].value});
  extents_.push_back({first, cells_.size() - first});
  return true;
}

void RowTexts::add(const RowChange& change) {
  const auto at = std::upper_bound(
      rows_.begin(), rows_.end(), change.item,
      [](std::uint32_t item, const RowText& row) { return item < row.item; });
  extents_.insert(extents_.begin() + (at - rows_.begin()), {cells_.size(), change.cells.size()});
  for (const auto& [column, cell] : change.cells) {
    cells_.push_back({keep(column), cell ? keep(*cell) : std::string_view(), !cell});
  }
  rows_.insert(at, {change.key, change.removed, change.item, keep(encode_cells(change.cells))});
}

}  // namespace countersign::ledger
