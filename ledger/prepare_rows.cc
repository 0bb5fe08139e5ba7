// Preparing row edits: from a wish to items, by comparison with the rows as they are.
#include "ledger/domain/edit_rights.h"
#include "ledger/domain/event_codec.h"
#include "ledger/verified_command.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace countersign::ledger {

namespace {

// One entry holds at most this many rows and bytes, so that a reader never loads much at once.
constexpr std::size_t kChunkRowsMax = 1000;
constexpr std::size_t kChunkBytesMax = 2 << 20;

// A row that will change.
struct PlannedRow {
  RowChange change;
  std::string cells_text;  // canonical
  bool existed = false;
};

struct Plan {
  std::vector<PlannedRow> rows;
  std::set<std::string> columns;
  std::set<std::string> row_units;
  bool whole_rows = false;
  std::uint64_t identical = 0;
};

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

class Planner {
 public:
  Planner(const TableDefinition& table, const EditRights& rights, const RowEdits& edits,
          const EventLog::RowView& view)
      : table_(table), rights_(rights), edits_(edits), view_(view) {}

  // Nothing more is planned after a failure, a row that the account may not speak of, or a
  // precondition that does not hold.
  Result<void> run() {
    for (const RowEdit& edit : edits_.rows) {
      if (rejected.problems.size() >= RowsRejected::kProblemsMax) {
        rejected.more = true;
        break;
      }
      CS_CHECK(plan_row(edit));
      if (forbidden || precondition) return {};
    }
    if (edits_.import && rejected.problems.empty()) CS_CHECK(find_lost_zeros());
    if (edits_.remove_missing && rejected.problems.empty()) CS_CHECK(plan_removals());
    return {};
  }

  Plan plan;
  RowsRejected rejected;
  std::optional<PreconditionFailed> precondition;
  bool forbidden = false;

 private:
  void reject(std::uint64_t line, CellProblem problem) {
    if (rejected.problems.size() < RowsRejected::kProblemsMax) {
      rejected.problems.push_back({line, std::move(problem)});
    } else {
      rejected.more = true;
    }
  }

  // Cells in normal form; problems go to `rejected`.
  std::optional<Cells> normalised(const RowEdit& edit) {
    Cells cells;
    bool good = true;
    for (const auto& [key, text] : edit.cells) {
      const Column* column = table_.column(key);
      if (column == nullptr) {
        reject(edit.line, {"", "a cell names no column of the table", "单元格所指的列不存在"});
        good = false;
        continue;
      }
      NormalCell normal = normalise_cell(*column, text.value_or(""));
      if (normal.problem) {
        reject(edit.line, std::move(*normal.problem));
        good = false;
        continue;
      }
      cells[column->key] = std::move(normal.cell);
    }
    if (!good) return std::nullopt;
    return cells;
  }

  // Of a carried row only the key must be there: what is new this year nobody has filled in yet.
  std::vector<CellProblem> problems_of(const Cells& cells) const {
    if (edits_.carried && has_key_cells(cells)) return {};
    return check_row(table_, cells);
  }

  bool has_key_cells(const Cells& cells) const {
    return std::all_of(table_.key_columns.begin(), table_.key_columns.end(),
                       [&](const std::string& column) {
                         const auto cell = cells.find(column);
                         return cell != cells.end() && cell->second;
                       });
  }

  Result<void> plan_row(const RowEdit& edit) {
    auto cells = normalised(edit);
    if (!cells) return {};
    RowKey key;
    if (edit.key) {
      key = *edit.key;
    } else if (has_key_cells(*cells)) {
      key = row_key_of(table_, *cells);
    } else {
      for (CellProblem& problem : problems_of(*cells)) reject(edit.line, std::move(problem));
      return {};
    }
    if (const auto [first, fresh] = lines_.emplace(key.value, edit.line); !fresh) {
      reject(edit.line, {"", "has the same key as line " + std::to_string(first->second),
                         "主键与第 " + std::to_string(first->second) + " 行重复"});
      return {};
    }
    CS_TRY(const auto head, view_.row(edits_.campaign.value, edits_.table.value, key.value));
    const bool exists = head && !head->removed;
    Cells before;
    if (exists) {
      CS_TRY(before, decode_cells(head->cells));
    }
    std::set<std::string> named;
    for (const auto& cell : *cells) named.insert(cell.first);
    if (!rights_.covers(named, before, *cells)) {
      forbidden = true;
      return {};
    }
    if ((edit.if_match && (!exists || head->index != *edit.if_match)) ||
        (edit.must_not_exist && exists) || (edit.remove && !exists)) {
      precondition = PreconditionFailed{exists ? std::optional(head->index) : std::nullopt};
      return {};
    }
    PlannedRow row;
    row.existed = exists;
    row.change = {edits_.table, key, edit.remove, {}, {}};
    if (head) row.change.prev = head->index;
    if (!edit.remove) {
      row.change.cells = edit.patch ? before : Cells();
      for (auto& [column, cell] : *cells) row.change.cells[column] = std::move(cell);
      // Absent and null are one thing, so that equal rows have equal bytes.
      for (const Column& column : table_.columns) row.change.cells.try_emplace(column.key);
      const auto problems = problems_of(row.change.cells);
      for (const CellProblem& problem : problems) reject(edit.line, problem);
      if (!problems.empty()) return {};
      if (row_key_of(table_, row.change.cells) != key) {
        reject(edit.line,
               {"", "the key cells do not agree with the row's key", "主键列与行键不一致"});
        return {};
      }
      row.cells_text = encode_cells(row.change.cells);
      if (exists && row.cells_text == head->cells) {
        ++plan.identical;
        return {};
      }
    }
    add(std::move(row), before);
    return {};
  }

  // A new row whose key is that of a row there, which the sheet does not name, but for leading
  // zeros: a spreadsheet took them, and the same thing would stand there twice.
  Result<void> find_lost_zeros() {
    std::unordered_map<std::string, std::string_view> added;  // without zeros -> as it came
    for (const PlannedRow& row : plan.rows) {
      if (row.existed) continue;
      const std::string& key = row.change.key.value;
      added.emplace(without_leading_zeros(key), key);
    }
    if (added.empty()) return {};
    return view_.scan(
        edits_.campaign.value, edits_.table.value, [&](std::string_view key, const RowHead& head) {
          if (head.removed || lines_.contains(std::string(key))) return true;
          const auto at = added.find(without_leading_zeros(key));
          if (at == added.end() || at->second.size() >= key.size()) return true;
          reject(
              lines_.at(std::string(at->second)),
              {table_.key_columns.front(),
               "has lost its leading zeros: there is a row of this number with them; keep the "
               "column as text, or add the row by itself if it is another one",
               "前导零丢失：已有带前导零的同号行；请将该列设为文本格式，确为另一行的请单独新增"});
          return true;
        });
  }

  Result<void> plan_removals() {
    Error failure{Errc::corrupt, {}};
    bool failed = false;
    CS_CHECK(view_.scan(
        edits_.campaign.value, edits_.table.value, [&](std::string_view key, const RowHead& head) {
          if (head.removed || lines_.contains(std::string(key))) return true;
          auto before = decode_cells(head.cells);
          if (!before) {
            failure = before.error();
            failed = true;
            return false;
          }
          PlannedRow row;
          row.existed = true;
          row.change = {edits_.table, RowKey(std::string(key)), true, {}, head.index};
          add(std::move(row), *before);
          return true;
        }));
    if (failed) return failure;
    return {};
  }

  // Notes what the change touches, which is what rights are judged by.
  void add(PlannedRow row, const Cells& before) {
    if (!row.existed || row.change.removed) plan.whole_rows = true;
    for (const Column& column : table_.columns) {
      const auto was = before.find(column.key);
      const auto is = row.change.cells.find(column.key);
      const Cell old_value = was == before.end() ? Cell() : was->second;
      const Cell new_value = is == row.change.cells.end() ? Cell() : is->second;
      if (old_value != new_value) plan.columns.insert(column.key);
    }
    for (const AssistPart& part : table_.assisting) {
      if (part.row_column.empty()) continue;
      const Cells* const sides[] = {&before, &row.change.cells};
      for (const Cells* cells : sides) {
        const auto cell = cells->find(part.row_column);
        if (cell != cells->end() && cell->second) {
          plan.row_units.insert(part.row_column + "=" + *cell->second);
        }
      }
    }
    plan.rows.push_back(std::move(row));
  }

  const TableDefinition& table_;
  const EditRights& rights_;
  const RowEdits& edits_;
  const EventLog::RowView& view_;
  std::unordered_map<std::string, std::uint64_t> lines_;  // row key -> line that names it
};

}  // namespace

Result<Prepared> Preparer::prepare_rows(const Directory& directory, Envelope envelope,
                                        Hash body_hash, RowEdits edits) const {
  const auto view = reader_.log().row_view();
  VerifiedCommand verified;
  verified.prepared_at_ = view->size();
  CS_TRY(auto answered, known(envelope, body_hash));
  if (answered) return std::move(*answered);

  const auto campaign = directory.campaigns.find(edits.campaign);
  if (campaign == directory.campaigns.end()) {
    return Prepared(Refusal{RefusalCode::unknown_campaign, {}});
  }
  const TableDefinition* table = campaign->second.definition->table(edits.table);
  if (table == nullptr) {
    return Prepared(Refusal{RefusalCode::unknown_table, {{"table", edits.table.value}}});
  }
  const EditRights rights(directory, envelope.account, edits.campaign, *table,
                          envelope.received_at, edits.carried.has_value());
  if (!rights.any()) return Prepared(Refusal{RefusalCode::right_missing, {}});
  Planner planner(*table, rights, edits, *view);
  CS_CHECK(planner.run());
  if (planner.forbidden) return Prepared(Refusal{RefusalCode::right_missing, {}});
  if (!planner.rejected.problems.empty()) return Prepared(std::move(planner.rejected));
  if (planner.precondition) return Prepared(*planner.precondition);
  Plan& plan = planner.plan;
  if (plan.rows.empty() && !edits.import && !edits.carried) return Prepared(NothingChanged{edits.rows.size()});

  ChangeRows command;
  command.campaign = edits.campaign;
  command.table = edits.table;
  command.definition_revision = campaign->second.revision;
  command.columns.assign(plan.columns.begin(), plan.columns.end());
  command.row_units.assign(plan.row_units.begin(), plan.row_units.end());
  command.whole_rows = plan.whole_rows;
  command.reason = edits.reason;
  command.import = edits.import;
  command.carried = edits.carried;
  if (command.import) {
    command.import->rows = edits.rows.size();
    command.import->identical = plan.identical;
  }

  std::vector<std::string> items;
  std::vector<StoredRowHead> heads;
  std::vector<std::optional<LeafIndex>> previous;
  RowCounts counts;
  std::size_t bytes = 0;
  const auto close_chunk = [&] {
    if (heads.empty()) return;
    Payload payload = seal(std::exchange(items, {}));
    const std::size_t texts = payload.items.size() - heads.size();
    for (std::size_t i = 0; i < heads.size(); ++i)
      heads[i].head.leaf = payload.items[texts + i].leaf;
    verified.payloads_.push_back(std::move(payload));
    verified.rows_.push_back(std::exchange(heads, {}));
    verified.previous_.push_back(std::exchange(previous, {}));
    command.chunks.push_back(std::exchange(counts, {}));
    bytes = 0;
  };
  for (PlannedRow& row : plan.rows) {
    if (items.empty() && !edits.reason.empty()) items.push_back(text_item("reason", edits.reason));
    items.push_back(row_item(row.change));
    bytes += items.back().size();
    previous.push_back(row.change.prev);
    if (row.change.removed)
      ++counts.removed;
    else if (row.existed)
      ++counts.changed;
    else
      ++counts.added;
    StoredRowHead stored{edits.campaign.value, edits.table.value, row.change.key.value, {}};
    stored.head.removed = row.change.removed;
    stored.head.cells = std::move(row.cells_text);
    heads.push_back(std::move(stored));
    if (heads.size() >= kChunkRowsMax || bytes >= kChunkBytesMax) close_chunk();
  }
  close_chunk();
  verified.command_ = std::move(command);
  verified.envelope_ = std::move(envelope);
  verified.body_hash_ = body_hash;
  return Prepared(std::move(verified));
}

}  // namespace countersign::ledger
