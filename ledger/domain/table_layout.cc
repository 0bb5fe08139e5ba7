#include "ledger/domain/table_layout.h"

#include "ledger/base/canonical_json.h"

#include <algorithm>

namespace countersign::ledger {

TableLayout::TableLayout(const TableDefinition& table) : table_(table) {
  members_.resize(table.columns.size());
  for (std::size_t i = 0; i < members_.size(); ++i) members_[i].place = i;
  std::ranges::sort(members_, [&](const Member& one, const Member& other) {
    return canonical_less(table.columns[one.place].key, table.columns[other.place].key);
  });
  for (Member& member : members_) {
    append_canonical_string(member.name, table.columns[member.place].key);
    member.name += ':';
  }
  member_of_.resize(members_.size());
  for (std::size_t i = 0; i < members_.size(); ++i) member_of_[members_[i].place] = i;
  for (const std::string& column : table.key_columns) {
    if (const auto place = place_of(column)) key_places_.push_back(*place);
  }
}

std::optional<std::size_t> TableLayout::place_of(std::string_view key_or_name) const {
  const Column* column = table_.column(key_or_name);
  if (column == nullptr) return std::nullopt;
  return static_cast<std::size_t>(column - table_.columns.data());
}

std::vector<std::string> TableLayout::keys_of(const std::vector<bool>& places) const {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i]) keys.push_back(table_.columns[i].key);
  }
  std::ranges::sort(keys);
  return keys;
}

std::string_view TableLayout::name_of(std::size_t place) const {
  const std::string_view name = members_[member_of_[place]].name;
  return name.substr(1, name.size() - 3);
}

void TableLayout::append_cells(std::string& out, std::span<const LaidCell> cells) const {
  std::size_t bytes = out.size() + 2;
  for (const Member& member : members_) {
    bytes += member.name.size() + cells[member.place].text.size() + sizeof ",null";
  }
  out.reserve(bytes);
  char before = '{';
  for (const Member& member : members_) {
    out += before;
    before = ',';
    out += member.name;
    const std::string_view text = cells[member.place].text;
    if (text.empty())
      out += "null";
    else
      append_canonical_string(out, text);
  }
  if (members_.empty()) out += '{';
  out += '}';
}

bool TableLayout::has_key_cells(std::span<const LaidCell> cells) const {
  return std::ranges::all_of(key_places_,
                             [&](std::size_t place) { return !cells[place].text.empty(); });
}

std::string TableLayout::key_of(std::span<const LaidCell> cells) const {
  if (key_places_.empty()) return "1";
  std::string key;
  for (std::size_t i = 0; i < key_places_.size(); ++i) {
    if (i > 0) key += '|';
    const std::string_view text = cells[key_places_[i]].text;
    if (text.find_first_of("|\\") == std::string_view::npos) {
      key += text;
      continue;
    }
    for (const char c : text) {
      if (c == '|' || c == '\\') key += '\\';
      key += c;
    }
  }
  return key;
}

std::vector<CellProblem> TableLayout::problems_of(std::span<const LaidCell> cells) const {
  std::vector<CellProblem> problems;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].text.empty()) continue;
    if (auto problem = missing_cell(table_, table_.columns[i])) {
      problems.push_back(std::move(*problem));
    }
  }
  return problems;
}

}  // namespace countersign::ledger
