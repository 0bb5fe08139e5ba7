#include "ledger/domain/evidence.h"

#include <algorithm>
#include <map>

namespace countersign::ledger {

namespace {

// FNV-1a, 64 bits: the same on every machine, for ever.
class Print {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    // No byte of UTF-8: what ends here never runs into what follows.
    add_byte(0xff);
  }
  std::uint64_t value() const { return value_; }

 private:
  void add_byte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  std::uint64_t value_ = 0xcbf29ce484222325;
};

bool speaks_of(const EvidenceCover& cover, const EvidenceRequirement& requirement,
               const std::string& column) {
  if (!cover.indicator.empty() || cover.row.has_value() != requirement.per_row) return false;
  if (!cover.requirement.empty()) return cover.requirement == requirement.id;
  return cover.column.empty() || cover.column == column;
}

// Whether the covers, together, speak of every column that it asks for.
bool meets(const EvidenceRequirement& requirement, const std::vector<EvidenceCover>& covers) {
  const auto spoken_of = [&](const std::string& column) {
    return std::any_of(covers.begin(), covers.end(), [&](const EvidenceCover& cover) {
      return speaks_of(cover, requirement, column);
    });
  };
  const auto& columns = requirement.columns;
  return columns.empty() ? spoken_of(std::string())
                         : std::all_of(columns.begin(), columns.end(), spoken_of);
}

}  // namespace

std::uint64_t covers_print(const std::vector<EvidenceCover>& covers) {
  std::vector<std::uint64_t> prints;
  for (const EvidenceCover& cover : covers) {
    Print print;
    print.add(cover.table.value);
    print.add(cover.row ? "row" : "");
    print.add(cover.row ? cover.row->value : std::string());
    print.add(cover.column);
    print.add(cover.requirement);
    print.add(cover.indicator);
    prints.push_back(print.value());
  }
  std::sort(prints.begin(), prints.end());
  prints.erase(std::unique(prints.begin(), prints.end()), prints.end());
  Print all;
  for (const std::uint64_t print : prints) all.add(std::to_string(print));
  return all.value();
}

bool accepts_kind(const EvidenceRequirement& requirement, const std::string& kind) {
  const auto& kinds = requirement.kinds;
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::vector<RowKey> rows_met(const EvidenceRequirement& requirement,
                             const std::vector<EvidenceCover>& covers) {
  std::map<RowKey, std::vector<EvidenceCover>> by_row;
  for (const EvidenceCover& cover : covers) {
    if (cover.row) by_row[*cover.row].push_back(cover);
  }
  std::vector<RowKey> rows;
  for (const auto& [row, its] : by_row) {
    if (meets(requirement, its)) rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> requirements_met(const std::vector<EvidenceRequirement>& requirements,
                                          const TableKey& table, const std::string& kind,
                                          const std::vector<EvidenceCover>& covers) {
  std::vector<std::string> met;
  for (const EvidenceRequirement& requirement : requirements) {
    if (requirement.table != table || !accepts_kind(requirement, kind)) continue;
    const bool any = requirement.per_row ? !rows_met(requirement, covers).empty()
                                         : meets(requirement, covers);
    if (any) met.push_back(requirement.id);
  }
  return met;
}

}  // namespace countersign::ledger
