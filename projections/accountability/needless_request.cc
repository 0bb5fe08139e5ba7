#include "projections/accountability/needless_request.h"

#include "ledger/domain/event_codec.h"
#include "projections/accountability/fact_draft.h"
#include "projections/accountability/fact_store.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Cells;
using ledger::LeafIndex;
using ledger::Result;

namespace {

// What an assisting department supplies of a table.
struct Part {
  const ledger::TableDefinition* table = nullptr;
  const ledger::AssistPart* part = nullptr;
  std::string unit_no;

  bool supplies(const std::string& column) const {
    const auto& columns = part->columns;
    const auto& keys = table->key_columns;
    // The key says which row is meant; nobody supplies it with a part of columns.
    if (columns.empty()) return true;
    return std::find(columns.begin(), columns.end(), column) != columns.end() &&
           std::find(keys.begin(), keys.end(), column) == keys.end();
  }
  bool holds_row(const Cells& cells) const {
    if (part->row_column.empty()) return true;
    const auto cell = cells.find(part->row_column);
    return cell != cells.end() && cell->second == unit_no;
  }
};

std::optional<Part> part_of(const Step& step, const std::string& id,
                            const ledger::DepartmentId& department) {
  const auto* campaign = step.definition();
  const auto* table = campaign == nullptr ? nullptr : campaign->table(ledger::TableKey(step.table));
  if (table == nullptr) return std::nullopt;
  for (const auto& part : table->assisting) {
    if (part.id != id) continue;
    const auto* its = campaign->department(department);
    return Part{table, &part, its == nullptr ? std::string() : its->unit_no};
  }
  return std::nullopt;
}

Result<std::uint32_t> cells_held(const Step& step, const Part& part) {
  CS_TRY(const Edition edition, find_edition(step.store, step.campaign, step.table));
  std::uint32_t held = 0;
  CS_CHECK(walk_rows(step.store, edition, step.index(), {}, "", Visitor::asks_store,
                     [&](const CurrentRow& row, std::uint64_t) {
                       if (!part.holds_row(row.cells)) return true;
                       for (const auto& [column, cell] : row.cells) {
                         if (cell && part.supplies(column)) ++held;
                       }
                       return true;
                     }));
  return held;
}

// Entries after the request in which the department changed cells of the part.
Result<std::vector<LeafIndex>> changes_since(const Step& step, const Part& part,
                                             const ledger::DepartmentId& department,
                                             LeafIndex request) {
  CS_TRY(const Edition edition, find_edition(step.store, step.campaign, step.table));
  auto query = step.store.query(
      "SELECT c.id, c.key, c.removed, c.cells FROM row_changes c JOIN entries e ON e.idx ="
      " c.id / 16777216 JOIN circumstances u ON u.id = e.under"
      " WHERE c.edition = ? AND c.id >= ? AND c.id < ? AND u.department = ? ORDER BY c.id");
  static_assert(1 << kItemBits == 16777216);
  query.bind(edition.id, change_id(request, 0), change_id(step.index(), 0), department);
  std::vector<LeafIndex> entries;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return entries;
    const LeafIndex entry = change_index(query.index(0));
    if (!entries.empty() && entries.back() == entry) continue;
    CS_TRY(const auto before, cells_before(step.store, edition.id, query.text(1), query.index(0)));
    Cells after;
    if (query.integer(2) == 0) {
      CS_TRY(after, ledger::decode_cells(query.text(3)));
    }
    const Cells was = before.value_or(Cells());
    if (!part.holds_row(was) && !part.holds_row(after)) continue;
    const auto columns = changed_columns(was, after);
    if (std::any_of(columns.begin(), columns.end(),
                    [&](const std::string& column) { return part.supplies(column); })) {
      entries.push_back(entry);
    }
  }
}

}  // namespace

Result<void> needless_request(const Step& step, const ledger::AssistRequested& event,
                              const std::string& asking_department) {
  if (!event.new_items.empty() || !event.changed_items.empty()) return {};
  const auto part = part_of(step, event.part, event.department);
  if (!part) return {};
  CS_TRY(const std::uint32_t held, cells_held(step, *part));
  if (held == 0) return {};
  auto fact = fact_of(step, "F12", step.table, asking_department);
  fact.person = step.event.actor.person.value;
  fact.count = held;
  return insert_fact(step.store, std::move(fact));
}

Result<void> excuse_needless_request(const Step& step, const ledger::AssistDelivered& event) {
  const auto* task = step.task();
  const auto part = part_of(step, event.part, event.department);
  if (task == nullptr || !part) return {};
  const auto assist = task->assists.find(event.part + "/" + event.department.value);
  if (assist == task->assists.end()) return {};
  const LeafIndex request = assist->second.requested_by;
  auto fact = step.store.query("SELECT seq FROM facts WHERE id = ?");
  CS_TRY(const bool raised, fact.bind("F12-" + std::to_string(request)).step());
  if (!raised) return {};
  CS_TRY(auto changes, changes_since(step, *part, event.department, request));
  if (changes.empty()) return {};
  const std::int64_t seq = fact.integer(0);
  fact.restart();
  CS_CHECK(step.store.execute("UPDATE facts SET counts = 0 WHERE seq = ?", seq));
  changes.push_back(step.index());
  for (const LeafIndex entry : changes) {
    CS_CHECK(step.store.execute(
        "INSERT OR IGNORE INTO fact_entries (fact, charge, idx) VALUES (?, 0, ?)", seq, entry));
  }
  return {};
}

}  // namespace countersign::projections
