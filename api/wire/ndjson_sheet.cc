// An NDJSON sheet: one object a line, in parts.
#include "api/wire/body.h"
#include "api/wire/sheet.h"
#include "api/wire/sheet_reading.h"
#include "api/wire/simple_json.h"
#include "ledger/base/canonical_json.h"
#include "ledger/base/canonical_scan.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::CanonicalMember;
using ledger::Cells;
using ledger::SheetCell;
using ledger::SheetSink;
using ledger::TableDefinition;

namespace {

constexpr const char* kNotAnObject[] = {"is not a JSON object", "不是 JSON 对象"};

// Reads the lines of one part; holds what they share.
class LineReader {
 public:
  LineReader(const TableDefinition& table, SheetSink& sink) : table_(table), sink_(sink) {}

  // False: nothing is read behind it.
  bool read(std::uint64_t line, std::string_view record) {
    cells_.clear();
    if (read_plain(record)) return finish(line, members_.size());
    if (read_simple(record)) return deliver(line, cells_.size());
    cells_.clear();
    auto parsed = ledger::parse_json(record);
    if (!parsed) return refuse(line, "", kNotAnObject[0], kNotAnObject[1]);
    if (line == 1 && parsed->is_object() && parsed->contains(kWatermark)) return true;
    given_ = cells_of(*parsed);
    if (!given_) {
      return refuse(line, "", "must be an object of texts, numbers and nulls",
                    "必须是由文本、数字或 null 组成的对象");
    }
    std::size_t place = 0;
    for (const auto& [name, cell] : *given_) {
      put(place++, name, cell ? std::string_view(*cell) : std::string_view());
    }
    return finish(line, given_->size());
  }

 private:
  static bool is_plain(std::string_view text) {
    return text.find('\\') == std::string_view::npos;
  }

  // Canonical objects of plain texts and nulls, as exports write them: nothing is built of them.
  bool read_plain(std::string_view record) {
    if (record.ends_with('\r')) record.remove_suffix(1);
    if (!ledger::read_canonical_object(record, members_)) return false;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const auto& [name, value] = members_[i];
      if (!is_plain(name) || !is_plain(value) || name == kWatermark) return false;
      if (value == "null") {
        put(i, name, {});
      } else if (value.starts_with('"')) {
        put(i, name, value.substr(1, value.size() - 2));
      } else {
        return false;
      }
    }
    return true;
  }

  // Simple objects, each member of a column of its own. Of anything else it makes nothing: what is
  // wrong with it, and which of two members counts, is said in one place only.
  bool read_simple(std::string_view record) {
    cells_.clear();
    const auto object = simple_.object(record);
    if (!object) return false;
    named_.assign(table_.columns.size(), false);
    std::size_t place = 0;
    for (const auto& [name, value] : *object) {
      const auto text = simple_.cell(value);
      if (!text) return false;
      put(place++, name, *text);
      const std::size_t column = cells_.back().column;
      if (column == kNone || named_[column]) return false;
      named_[column] = true;
    }
    return true;
  }

  void put(std::size_t member, std::string_view name, std::string_view text) {
    // Lines name the same members in the same order, mostly.
    if (member >= names_.size()) names_.resize(member + 1);
    auto& [known, place] = names_[member];
    if (known != name || name.empty()) {
      known = name;
      const ledger::Column* column = column_named(table_, name);
      place = column == nullptr ? kNone
                                : static_cast<std::size_t>(column - table_.columns.data());
    }
    cells_.push_back({place, text});
  }

  bool finish(std::uint64_t line, std::size_t members) {
    std::ptrdiff_t unknown = std::ranges::find(cells_, kNone, &SheetCell::column) - cells_.begin();
    if (unknown < std::ssize(cells_)) {
      return refuse(line, "#" + std::to_string(unknown + 1),
                    "a member names no column of the table", "成员名不是本表的任何一列");
    }
    drop_repeated();
    return deliver(line, members);
  }

  bool deliver(std::uint64_t line, std::size_t members) {
    sink_.row(line, members < table_.columns.size(), cells_);
    return true;
  }

  // Two names may be of one column; the first counts.
  void drop_repeated() {
    named_.assign(table_.columns.size(), false);
    std::erase_if(cells_, [this](const SheetCell& cell) {
      const bool before = named_[cell.column];
      named_[cell.column] = true;
      return before;
    });
  }

  bool refuse(std::uint64_t line, std::string column, const char* en, const char* zh) {
    sink_.problem(line, {std::move(column), en, zh});
    return false;
  }

  static constexpr std::size_t kNone = ~std::size_t{0};
  const TableDefinition& table_;
  SheetSink& sink_;
  std::vector<CanonicalMember> members_;
  SimpleJson simple_;
  std::optional<Cells> given_;  // of a line that is neither plain nor simple
  std::vector<SheetCell> cells_;
  std::vector<std::pair<std::string, std::size_t>> names_;  // by member: its name and column
  std::vector<bool> named_;
};

class NdjsonSheet final : public ledger::SheetSource {
 public:
  NdjsonSheet(std::string_view text, const TableDefinition& table) : table_(table) {
    for (const auto& column : table.columns) keys_.push_back(column.key);
    std::uint64_t line = 1;
    while (!text.empty()) {
      auto end = text.size() <= kSheetPartBytes ? std::string_view::npos
                                                : text.find('\n', kSheetPartBytes);
      if (end != std::string_view::npos) ++end;
      parts_.push_back({text.substr(0, end), line});
      line += count_of(parts_.back().text, '\n');
      text.remove_prefix(parts_.back().text.size());
    }
  }

  const std::vector<std::string>& columns() const override { return keys_; }
  std::size_t parts() const override { return parts_.size(); }

  bool read(std::size_t part, SheetSink& sink) const override {
    LineReader reader(table_, sink);
    std::string_view text = parts_[part].text;
    for (std::uint64_t line = parts_[part].first_line; !text.empty(); ++line) {
      const std::size_t end = text.find('\n');
      const std::string_view record = trimmed(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (record.empty() || record == "\r") continue;
      if (!reader.read(line, record)) return false;
    }
    return true;
  }

 private:
  const TableDefinition& table_;
  std::vector<SheetPart> parts_;
  std::vector<std::string> keys_;
};

}  // namespace

OpenedSheet open_ndjson_sheet(std::string_view text, const TableDefinition& table) {
  if (auto problem = refuse_too_long(text, table)) return std::move(*problem);
  return std::make_shared<NdjsonSheet>(text, table);
}

}  // namespace countersign::api
