#include "projections/indicators/query.h"

#include "ledger/domain/event_codec.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"
#include "projections/trace/reading.h"

#include <algorithm>

namespace countersign::projections {

using ledger::IndicatorResult;
using ledger::Result;

namespace {

std::optional<double> maybe_number(const Query& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return number_from(query.text(column));
}

Result<void> add_inputs(Database& store, const std::string& campaign, Computation& computation) {
  auto query = store.query(
      "SELECT i.tbl, i.version, i.version_hash, i.rows, t.current_version, t.content_index"
      " FROM computation_inputs i LEFT JOIN tasks t ON t.campaign = ?1 AND t.tbl = i.tbl"
      " WHERE i.idx = ?2 ORDER BY i.tbl");
  query.bind(campaign, computation.index);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    computation.inputs.push_back({query.string(0), static_cast<std::uint32_t>(query.integer(1)),
                                  query.string(2), query.index(3),
                                  static_cast<std::uint32_t>(query.integer(4)),
                                  query.is_null(5) || query.index(5) < computation.computed_at});
  }
}

Result<void> add_quantities(Database& store, Computation& computation) {
  auto query = store.query(
      "SELECT quantity, version, value, cells FROM computation_quantities WHERE idx = ?"
      " ORDER BY quantity");
  query.bind(computation.index);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    computation.quantities.push_back({query.string(0), static_cast<std::uint32_t>(query.integer(1)),
                                      number_from(query.text(2)), query.index(3)});
  }
}

// Of one indicator; empty: of all.
Result<void> add_values(Database& store, const std::string& indicator, Computation& computation) {
  auto query = store.query(
      "SELECT indicator, version, value, mark, result FROM computation_values WHERE idx = ?1"
      " AND (?2 = '' OR indicator = ?2) ORDER BY indicator");
  query.bind(computation.index, indicator);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    computation.indicators.push_back(
        {query.string(0), static_cast<std::uint32_t>(query.integer(1)), maybe_number(query, 2),
         maybe_number(query, 3),
         ledger::indicator_result_from(query.text(4)).value_or(IndicatorResult::undefined)});
  }
}

// Newest first.
Result<std::vector<Computation>> load_computations(Database& store, const std::string& campaign,
                                                   const std::string& indicator,
                                                   std::size_t limit) {
  std::vector<Computation> list;
  auto query = store.query(
      "SELECT idx, computed_at, revision, at FROM computations WHERE campaign = ?"
      " ORDER BY idx DESC LIMIT ?");
  query.bind(campaign, limit);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) break;
    list.push_back({query.index(0),
                    query.index(1),
                    static_cast<std::uint32_t>(query.integer(2)),
                    query.instant(3),
                    {},
                    {},
                    {}});
  }
  for (Computation& one : list) {
    CS_CHECK(add_inputs(store, campaign, one));
    CS_CHECK(add_quantities(store, one));
    CS_CHECK(add_values(store, indicator, one));
  }
  return list;
}

ledger::Cell cell_of(const ledger::Cells& row, const std::string& column) {
  const auto found = row.find(column);
  return found == row.end() ? ledger::Cell() : found->second;
}

Result<void> add_changes(Database& store, const std::string& campaign, IndicatorEdit& edit) {
  CS_TRY(const Edition edition, find_edition(store, campaign, edit.table));
  auto query = store.query(
      "SELECT id, key, removed, cells FROM row_changes WHERE +edition = ? AND id >= ? AND id < ?"
      " ORDER BY id");
  query.bind(edition.id, change_id(edit.first, 0), change_id(edit.by.index + 1, 0));
  while (edit.changes.size() < IndicatorEdit::kChangesMax) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    CS_TRY(const auto earlier, cells_before(store, edition.id, query.text(1), query.index(0)));
    const ledger::Cells before = earlier.value_or(ledger::Cells());
    ledger::Cells after;
    if (query.integer(2) == 0) {
      CS_TRY(after, ledger::decode_cells(query.text(3)));
    }
    for (const std::string& column : changed_columns(before, after)) {
      if (edit.changes.size() == IndicatorEdit::kChangesMax) break;
      edit.changes.push_back(
          {query.string(1), column, cell_of(before, column), cell_of(after, column)});
    }
  }
  return {};
}

// A piece of evidence covers a table, or rows or columns of it, or cells.
Result<void> add_evidence(Database& store, const std::string& campaign, IndicatorEdit& edit) {
  auto query = store.query(
      "SELECT e.idx, e.state, e.at, coalesce(c.row, ''), c.col FROM evidence e"
      " JOIN evidence_covers c ON c.idx = e.idx WHERE e.campaign = ? AND e.tbl = ?"
      " AND (c.indicator = '' OR c.row IS NOT NULL OR c.col != '') ORDER BY e.idx, c.position");
  query.bind(campaign, edit.table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return {};
    if (!edit.evidence.empty() && edit.evidence.back().id == query.index(0)) continue;
    const auto covered = [&](const IndicatorEdit::Cell& cell) {
      return (query.text(3).empty() || query.text(3) == cell.row) &&
             (query.text(4).empty() || query.text(4) == cell.column);
    };
    if (std::any_of(edit.changes.begin(), edit.changes.end(), covered)) {
      edit.evidence.push_back({query.index(0), query.string(1), query.instant(2)});
    }
  }
}

// The crossings with the edits that led to them, both newest first; the edits of a crossing are
// those since its computation.
Result<std::vector<Crossing>> load_crossings(Database& store, const std::string& campaign,
                                             const std::string& indicator) {
  std::vector<Crossing> edits;
  auto query = store.query(
      "SELECT idx, first, tbl, cells, value_before, result_before, value_after, result_after,"
      " broken, crossed, computed_by, after_level, after_body, before_body FROM indicator_edits"
      " WHERE campaign = ? AND indicator = ? ORDER BY idx");
  query.bind(campaign, indicator);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) break;
    Crossing one;
    CS_TRY(one.edit.by, circumstances_of(store, query.index(0)));
    one.edit.first = query.index(1);
    one.edit.table = query.string(2);
    one.edit.cells = query.index(3);
    one.edit.before = maybe_number(query, 4);
    one.edit.result_before = query.string(5);
    one.edit.after = maybe_number(query, 6);
    one.edit.result_after = query.string(7);
    one.edit.broken = query.string(8);
    one.edit.crossed = query.integer(9) != 0;
    one.indicator = indicator;
    one.computed_by = query.index(10);
    one.after_level = query.string(11);
    one.after_body = query.string(12);
    one.before_body = query.string(13);
    CS_CHECK(add_changes(store, campaign, one.edit));
    CS_CHECK(add_evidence(store, campaign, one.edit));
    edits.push_back(std::move(one));
  }
  std::vector<Crossing> crossings;
  for (const Crossing& one : edits) {
    if (!one.edit.crossed) continue;
    crossings.push_back(one);
    for (const Crossing& other : edits) {
      if (other.computed_by == one.computed_by && other.edit.by.index <= one.edit.by.index) {
        crossings.back().contributing.push_back(other.edit);
      }
    }
  }
  std::reverse(crossings.begin(), crossings.end());
  return crossings;
}

constexpr std::size_t kHistoryMax = 1000;

}  // namespace

Result<IndicatorQueries::Figures> StoredIndicators::evaluate(
    const ledger::CampaignDefinition& definition, const std::set<std::string>& indicators) const {
  CS_TRY(const auto reading, store_.read());
  Figures figures;
  figures.as_of = reading.as_of();
  CS_TRY(figures.evaluation, evaluate_indicators(reading.database(), definition, indicators));
  return figures;
}

Result<LastComputation> StoredIndicators::last(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  LastComputation last;
  last.as_of = reading.as_of();
  CS_TRY(auto found, load_computations(reading.database(), campaign, "", 1));
  if (!found.empty()) last.computation = std::move(found.front());
  return last;
}

Result<IndicatorHistory> StoredIndicators::history(const std::string& campaign,
                                                   const ledger::Indicator& indicator) const {
  CS_TRY(const auto reading, store_.read());
  IndicatorHistory history;
  history.as_of = reading.as_of();
  CS_TRY(history.computations,
         load_computations(reading.database(), campaign, indicator.id, kHistoryMax));
  std::erase_if(history.computations,
                [](const Computation& one) { return one.indicators.empty(); });
  CS_TRY(history.crossings, load_crossings(reading.database(), campaign, indicator.id));
  return history;
}

}  // namespace countersign::projections
