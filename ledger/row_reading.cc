#include "ledger/row_reading.h"

#include "ledger/base/parallel.h"

#include <algorithm>
#include <unordered_map>

namespace countersign::ledger {

CellProblem RowReading::no_such_column() {
  return {"", "a cell names no column of the table", "单元格所指的列不存在"};
}

CellProblem RowReading::other_key() {
  return {"", "the key cells do not agree with the row's key", "主键列与行键不一致"};
}

// Reads one part; holds what its rows share.
class RowReading::PartReader final : public SheetSink {
 public:
  // `places`: of the sheet's columns in the table.
  PartReader(const RowReading& reading, std::span<const std::optional<std::size_t>> places,
             RowsPart& part)
      : reading_(reading),
        layout_(reading.layout_),
        places_(places),
        part_(part),
        cells_(layout_.table().columns.size()),
        changed_(cells_.size()) {}

  void row(std::uint64_t line, bool patch, std::span<const SheetCell> cells) override {
    WantedRow& row = begin(line, patch);
    for (const SheetCell& cell : cells) put(row, places_[cell.column], cell.text);
    finish(row);
  }

  void problem(std::uint64_t line, CellProblem problem) override {
    if (part_.unread.size() < RowsRejected::kProblemsMax) {
      part_.unread.push_back({line, std::move(problem)});
    } else {
      part_.more_unread = true;
    }
  }

  void edit(const RowEdit& edit) {
    WantedRow& row = begin(edit.line, edit.patch);
    row.edit = &edit;
    row.remove = edit.remove;
    for (const auto& [column, text] : edit.cells) {
      put(row, layout_.place_of(column), text ? std::string_view(*text) : std::string_view());
    }
    finish(row);
  }

 private:
  WantedRow& begin(std::uint64_t line, bool patch) {
    std::ranges::fill(cells_, LaidCell{});
    WantedRow& row = part_.rows.emplace_back();
    row.line = line;
    row.patch = patch;
    return row;
  }

  void put(WantedRow& row, std::optional<std::size_t> place, std::string_view text) {
    if (!place) return wrong(row, no_such_column());
    NormalText normal =
        normalise_text(layout_.table().columns[*place], text, changed_[*place]);
    if (normal.problem) return wrong(row, std::move(*normal.problem));
    cells_[*place] = {normal.value, true};
  }

  void wrong(WantedRow& row, CellProblem problem) {
    row.unreadable = true;
    row.problems.push_back(std::move(problem));
  }

  void finish(WantedRow& row) {
    if (!row.unreadable) read_key(row);
    if (!row.unreadable) read_cells(row);
    // Nobody is told of more; where it stands after so many, the fate alone counts.
    if (row.problems.empty()) return;
    if (wrong_rows_++ > RowsRejected::kProblemsMax) row.problems.resize(1);
  }

  void read_key(WantedRow& row) {
    if (row.edit != nullptr && row.edit->key) {
      row.key = row.edit->key->value;
    } else if (layout_.has_key_cells(cells_)) {
      row.key = layout_.key_of(cells_);
    } else {
      row.unreadable = true;
      row.problems = layout_.problems_of(cells_);
    }
  }

  void read_cells(WantedRow& row) {
    if (row.patch || reading_.keep_named_) row.named = std::make_unique<Cells>(named_cells());
    if (row.patch || row.remove) return;
    row.problems = reading_.problems_of(cells_);
    if (row.problems.empty() && row.edit != nullptr && row.edit->key &&
        layout_.key_of(cells_) != row.key) {
      row.problems.push_back(RowReading::other_key());
    }
    layout_.append_cells(row.cells, cells_);
    row.units = units();
  }

  Cells named_cells() const {
    Cells cells;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!cells_[i].named) continue;
      Cell cell;
      if (!cells_[i].text.empty()) cell = std::string(cells_[i].text);
      cells.emplace(layout_.table().columns[i].key, std::move(cell));
    }
    return cells;
  }

  std::uint32_t units() {
    if (reading_.unit_places_.empty()) return 0;
    std::string joined;
    for (const std::size_t place : reading_.unit_places_) joined.append(cells_[place].text) += '\0';
    const auto [known, fresh] = units_.try_emplace(std::move(joined), 0);
    if (fresh) {
      reading_.add_units(cells_, part_.units.emplace_back());
      known->second = static_cast<std::uint32_t>(part_.units.size());
    }
    return known->second;
  }

  const RowReading& reading_;
  const TableLayout& layout_;
  const std::span<const std::optional<std::size_t>> places_;
  RowsPart& part_;
  std::vector<LaidCell> cells_;
  std::vector<std::string> changed_;  // normal forms that had to be written anew
  std::unordered_map<std::string, std::uint32_t> units_;
  std::size_t wrong_rows_ = 0;
};

RowReading::RowReading(const TableLayout& layout, const RowEdits& edits, bool keep_named)
    : layout_(layout), edits_(edits), keep_named_(keep_named) {
  for (const AssistPart& part : layout.table().assisting) {
    const auto place = layout.place_of(part.row_column);
    if (part.row_column.empty() || !place) continue;
    if (std::ranges::find(unit_places_, *place) == unit_places_.end()) {
      unit_places_.push_back(*place);
    }
  }
}

std::vector<RowsPart> RowReading::read() const {
  if (edits_.sheet == nullptr) {
    std::vector<RowsPart> parts(1);
    parts.front().rows.reserve(edits_.rows.size());
    PartReader reader(*this, {}, parts.front());
    for (const RowEdit& edit : edits_.rows) reader.edit(edit);
    return parts;
  }
  std::vector<std::optional<std::size_t>> places;
  for (const std::string& column : edits_.sheet->columns()) {
    places.push_back(layout_.place_of(column));
  }
  std::vector<RowsPart> parts(edits_.sheet->parts());
  in_parallel(parts.size(), [&](std::size_t i) {
    PartReader reader(*this, places, parts[i]);
    parts[i].broken = !edits_.sheet->read(i, reader);
  });
  return parts;
}

void RowReading::add_units(std::span<const LaidCell> cells, std::vector<std::string>& units) const {
  for (const std::size_t place : unit_places_) {
    if (cells[place].text.empty()) continue;
    units.push_back(layout_.table().columns[place].key + "=" + std::string(cells[place].text));
  }
}

std::vector<CellProblem> RowReading::problems_of(std::span<const LaidCell> cells) const {
  // Of a carried row only the key must be there: what is new this year nobody has filled in yet.
  if (edits_.carried && layout_.has_key_cells(cells)) return {};
  return layout_.problems_of(cells);
}

}  // namespace countersign::ledger
