#include "ledger/row_comparison.h"

#include "ledger/base/canonical_scan.h"
#include "ledger/base/parallel.h"
#include "ledger/domain/event_codec.h"

#include <algorithm>
#include <unordered_map>

namespace countersign::ledger {

namespace {

using Fate = WantedRow::Fate;

// Of one range, which is compared in one piece.
constexpr std::size_t kRangeRows = 1024;

std::uint64_t prefix_of(std::string_view key) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < sizeof prefix; ++i) {
    prefix = prefix << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  }
  return prefix;
}

// "7|3" of "007|03": what spreadsheets make of a key whose parts are numbers to them.
std::string without_leading_zeros(std::string_view key) {
  std::string out;
  while (true) {
    std::string_view part = key.substr(0, key.find('|'));
    const std::size_t length = part.size();
    if (part.find_first_not_of("0123456789") == std::string_view::npos) {
      while (part.size() > 1 && part.front() == '0') part.remove_prefix(1);
    }
    out += part;
    if (length == key.size()) return out;
    out += '|';
    key.remove_prefix(length + 1);
  }
}

// The members of a row's text, as they stand in it; none where the text is no object.
const std::vector<CanonicalMember>& members_of(std::string_view cells,
                                               std::vector<CanonicalMember>& room) {
  if (cells.empty() || !read_canonical_object(cells, room)) room.clear();
  return room;
}

std::string_view value_of(const std::vector<CanonicalMember>& members, std::string_view name) {
  const auto at = std::ranges::find(members, name, &CanonicalMember::name);
  return at == members.end() ? "null" : at->value;
}

}  // namespace

void TouchedParts::merge(const TouchedParts& other) {
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (!other.changed[i] || changed[i]) continue;
    changed[i] = true;
    --unchanged;
  }
  units.insert(other.units.begin(), other.units.end());
  unit_sets.insert(other.unit_sets.begin(), other.unit_sets.end());
  whole_rows = whole_rows || other.whole_rows;
}

RowComparison::RowComparison(const TableLayout& layout, const RowReading& reading,
                             const EditRights& rights, const RowEdits& edits,
                             const EventLog::RowView& view, std::vector<RowsPart>& parts)
    : layout_(layout),
      reading_(reading),
      rights_(rights),
      edits_(edits),
      view_(view),
      parts_(parts),
      touched_(layout.table().columns.size()) {}

void RowComparison::sort() {
  for (std::uint32_t part = 0; part < parts_.size(); ++part) {
    for (WantedRow& row : parts_[part].rows) {
      if (row.unreadable) {
        row.fate = Fate::wrong;
      } else {
        sorted_.push_back({prefix_of(row.key), &row, part});
      }
    }
  }
  const auto before = [](const Sorted& one, const Sorted& other) {
    if (one.prefix != other.prefix) return one.prefix < other.prefix;
    return one.row->key < other.row->key;
  };
  // Stable: of rows of one key the first stays.
  if (!std::ranges::is_sorted(sorted_, before)) std::ranges::stable_sort(sorted_, before);
  const WantedRow* first = nullptr;
  std::erase_if(sorted_, [&](const Sorted& one) {
    if (first == nullptr || first->key != one.row->key) {
      first = one.row;
      return false;
    }
    one.row->fate = Fate::wrong;
    one.row->problems = {{"", "has the same key as line " + std::to_string(first->line),
                          "主键与第 " + std::to_string(first->line) + " 行重复"}};
    return true;
  });
}

Result<void> RowComparison::run() {
  sort();
  const std::size_t ranges = (sorted_.size() + kRangeRows - 1) / kRangeRows;
  std::vector<TouchedParts> touched(ranges, touched_);
  std::vector<Result<void>> done(ranges);
  in_parallel(ranges, [&](std::size_t i) {
    const auto from = sorted_.begin() + static_cast<std::ptrdiff_t>(i * kRangeRows);
    const auto to = i + 1 < ranges ? from + kRangeRows : sorted_.end();
    done[i] = compare_range({from, to}, touched[i]);
  });
  for (std::size_t i = 0; i < ranges; ++i) {
    CS_CHECK(std::move(done[i]));
    touched_.merge(touched[i]);
  }
  for (const std::uint64_t set : touched_.unit_sets) {
    const auto& units = parts_[set >> 32].units[(set & 0xFFFFFFFFu) - 1];
    touched_.units.insert(units.begin(), units.end());
  }
  return {};
}

Result<void> RowComparison::compare_range(std::span<const Sorted> range,
                                          TouchedParts& touched) const {
  std::vector<std::string_view> keys;
  keys.reserve(range.size());
  for (const Sorted& one : range) keys.push_back(one.row->key);
  return view_.rows(edits_.campaign.value, edits_.table.value, keys,
                    [&](std::size_t place, std::optional<RowHead> head) {
                      compare(range[place], std::move(head), touched);
                    });
}

void RowComparison::compare(const Sorted& wanted, std::optional<RowHead> head,
                            TouchedParts& touched) const {
  WantedRow& row = *wanted.row;
  row.existed = head && !head->removed;
  if (head) row.prev = head->index;
  Cells before;
  if (row.existed && row.named != nullptr) {
    auto cells = decode_cells(head->cells);
    if (!cells) {
      row.fate = Fate::damaged;
      return;
    }
    before = std::move(*cells);
  }
  if (row.named != nullptr && !covers(*row.named, before)) {
    row.fate = Fate::forbidden;
    return;
  }
  if (row.edit != nullptr) {
    const RowEdit& edit = *row.edit;
    if ((edit.if_match && (!row.existed || head->index != *edit.if_match)) ||
        (edit.must_not_exist && row.existed) || (edit.remove && !row.existed)) {
      row.fate = Fate::failed;
      return;
    }
  }
  std::vector<std::string> units;
  if (row.remove) {
    row.cells.clear();
  } else if (row.patch) {
    if (!merge_patch(row, before, units)) row.fate = Fate::wrong;
  } else if (!row.problems.empty()) {
    row.fate = Fate::wrong;
  }
  if (row.fate == Fate::wrong) return;
  if (row.existed && !row.remove && row.cells == head->cells) {
    row.fate = Fate::identical;
    return;
  }
  row.fate = Fate::planned;
  if (!row.existed || row.remove) touched.whole_rows = true;
  if (row.units != 0) {
    touched.unit_sets.insert(static_cast<std::uint64_t>(wanted.part) << 32 | row.units);
  }
  touched.units.insert(units.begin(), units.end());
  const std::string_view was = row.existed ? std::string_view(head->cells) : std::string_view();
  if (row.existed) touch_units(was, touched);
  touch(was, row.cells, touched);
}

bool RowComparison::covers(const Cells& named, const Cells& before) const {
  if (rights_.all()) return true;
  std::set<std::string> columns;
  for (const auto& cell : named) columns.insert(cell.first);
  return rights_.covers(columns, before, named);
}

bool RowComparison::merge_patch(WantedRow& row, const Cells& before,
                                std::vector<std::string>& units) const {
  const TableDefinition& table = layout_.table();
  std::vector<LaidCell> cells(table.columns.size());
  const auto lay = [&](const Cells& from) {
    for (const auto& [name, cell] : from) {
      const auto place = layout_.place_of(name);
      if (!place || table.columns[*place].key != name) {
        row.problems.push_back(RowReading::no_such_column());
        continue;
      }
      cells[*place] = {cell ? std::string_view(*cell) : std::string_view(), true};
    }
  };
  lay(before);
  lay(*row.named);
  for (CellProblem& problem : reading_.problems_of(cells)) {
    row.problems.push_back(std::move(problem));
  }
  if (row.problems.empty() && layout_.key_of(cells) != row.key) {
    row.problems.push_back(RowReading::other_key());
  }
  if (!row.problems.empty()) return false;
  layout_.append_cells(row.cells, cells);
  reading_.add_units(cells, units);
  return true;
}

void RowComparison::touch(std::string_view before, std::string_view after,
                          TouchedParts& touched) const {
  if (touched.unchanged == 0) return;
  thread_local std::vector<CanonicalMember> old_room, new_room;
  const auto& old_members = members_of(before, old_room);
  const auto& new_members = members_of(after, new_room);
  for (std::size_t i = 0; i < touched.changed.size(); ++i) {
    if (touched.changed[i]) continue;
    const std::string_view name = layout_.name_of(i);
    if (value_of(old_members, name) == value_of(new_members, name)) continue;
    touched.changed[i] = true;
    --touched.unchanged;
  }
}

void RowComparison::touch_units(std::string_view cells, TouchedParts& touched) const {
  if (!reading_.has_units()) return;
  const auto decoded = decode_cells(cells);
  if (!decoded) return;
  std::vector<LaidCell> laid(layout_.table().columns.size());
  for (const auto& [name, cell] : *decoded) {
    const auto place = layout_.place_of(name);
    if (place && cell) laid[*place] = {*cell, true};
  }
  std::vector<std::string> units;
  reading_.add_units(laid, units);
  touched.units.insert(units.begin(), units.end());
}

Result<std::vector<std::string>> RowComparison::unwanted(
    const std::function<bool(std::string_view)>& is_asked) const {
  std::vector<std::string> keys;
  auto wanted = sorted_.begin();  // both are in byte order
  CS_CHECK(view_.keys(edits_.campaign.value, edits_.table.value, [&](std::string_view key) {
    while (wanted != sorted_.end() && wanted->row->key < key) ++wanted;
    if ((wanted == sorted_.end() || wanted->row->key != key) && is_asked(key)) {
      keys.emplace_back(key);
    }
    return true;
  }));
  return keys;
}

Result<void> RowComparison::find_lost_zeros(
    const std::function<void(std::uint64_t)>& lost) const {
  const auto is_new = [](const Sorted& one) {
    return one.row->fate == Fate::planned && !one.row->existed;
  };
  if (std::ranges::none_of(sorted_, is_new)) return {};
  // A row that is there and differs by zeros alone has them.
  CS_TRY(const auto keys, unwanted([](std::string_view key) {
           return without_leading_zeros(key).size() < key.size();
         }));
  if (keys.empty()) return {};
  // Without zeros -> the first row that came so.
  std::unordered_map<std::string, const WantedRow*> added;
  for (const Sorted& one : sorted_) {
    if (!is_new(one)) continue;
    const auto [known, fresh] = added.emplace(without_leading_zeros(one.row->key), one.row);
    if (!fresh && one.row->line < known->second->line) known->second = one.row;
  }
  for (const std::string& key : keys) {
    const auto at = added.find(without_leading_zeros(key));
    if (at != added.end() && at->second->key.size() < key.size()) lost(at->second->line);
  }
  return {};
}

Result<std::vector<WantedRow>> RowComparison::removals() {
  CS_TRY(const auto keys, unwanted([](std::string_view) { return true; }));
  const std::vector<std::string_view> places(keys.begin(), keys.end());
  std::vector<WantedRow> removed;
  CS_CHECK(view_.rows(edits_.campaign.value, edits_.table.value, places,
                      [&](std::size_t place, std::optional<RowHead> head) {
                        if (!head) return;
                        WantedRow& row = removed.emplace_back();
                        row.key = keys[place];
                        row.remove = row.existed = true;
                        row.prev = head->index;
                        row.fate = Fate::planned;
                        touched_.whole_rows = true;
                        touch_units(head->cells, touched_);
                        touch(head->cells, {}, touched_);
                      }));
  return removed;
}

}  // namespace countersign::ledger
