// Edits that move an indicator across its mark. After each edit of an input table the indicators
// made of it are evaluated over the tables as they are then, and compared with where they stood.
// All entries of one command are one edit.
#include "ledger/base/diagnostics.h"
#include "ledger/domain/event_codec.h"
#include "projections/accountability/fact_store.h"
#include "projections/indicators/apply.h"
#include "projections/indicators/evaluation.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"

namespace countersign::projections {

using ledger::Indicator;
using ledger::IndicatorResult;
using ledger::LeafIndex;
using ledger::Result;

namespace {

// The command that the step ends, as far as it changed rows.
struct Edit {
  std::vector<LeafIndex> entries;  // that changed rows, ascending
  std::uint64_t cells = 0;
};

Result<Edit> edit_of(const Step& step) {
  Edit edit;
  auto query = step.store.query(
      "SELECT e.idx FROM entries last JOIN entries e ON e.idx BETWEEN last.idx - last.place AND"
      " last.idx JOIN circumstances c ON c.id = e.under WHERE last.idx = ? AND c.type = ?"
      " ORDER BY e.idx");
  query.bind(step.index(), ledger::type_name(ledger::RowsChanged{}));
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return edit;
    edit.entries.push_back(query.index(0));
  }
}

Result<std::uint64_t> count_cells(const Step& step, LeafIndex first, LeafIndex last) {
  std::uint64_t cells = 0;
  CS_TRY(const Edition edition, find_edition(step.store, step.campaign, step.table));
  auto query = step.store.query(
      "SELECT id, key, removed, cells FROM row_changes WHERE +edition = ? AND id >= ? AND id < ?");
  query.bind(edition.id, change_id(first, 0), change_id(last + 1, 0));
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return cells;
    CS_TRY(const auto before, cells_before(step.store, edition.id, query.text(1), query.index(0)));
    ledger::Cells after;
    if (query.integer(2) == 0) {
      CS_TRY(after, ledger::decode_cells(query.text(3)));
    }
    cells += changed_columns(before.value_or(ledger::Cells()), after).size();
  }
}

// Where an indicator stood before the edit.
struct Standing {
  std::optional<double> value;
  IndicatorResult result = IndicatorResult::undefined;
  std::string side;
};

std::optional<double> number_if_there(const Query& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return number_from(query.text(column));
}

// None: it was never computed. By another revision's formula it is evaluated anew, over the tables
// before the edit, so that a new definition is nobody's edit.
Result<std::optional<Standing>> standing_before(const Step& step, const Indicator& indicator,
                                                LeafIndex first) {
  auto query = step.store.query(
      "SELECT revision, value, result, side FROM indicator_standings"
      " WHERE campaign = ? AND indicator = ?");
  CS_TRY(const bool found, query.bind(step.campaign, indicator.id).step());
  if (!found) return std::optional<Standing>();
  Standing standing;
  standing.value = number_if_there(query, 1);
  standing.result =
      ledger::indicator_result_from(query.text(2)).value_or(IndicatorResult::undefined);
  standing.side = query.string(3);
  const auto& defined = step.after.directory->campaigns.at(ledger::CampaignId(step.campaign));
  if (query.index(0) == defined.revision) return std::optional(std::move(standing));
  CS_TRY(const auto anew,
         evaluate_indicators(step.store, *defined.definition, {indicator.id}, first));
  standing.value = anew.indicators.front().value;
  standing.result = anew.indicators.front().result;
  if (const auto side = side_of(standing.result); !side.empty()) standing.side = side;
  return std::optional(std::move(standing));
}

// How far table and campaign had come in their reviews when the edit began.
struct ReviewState {
  std::string after_level;
  std::string after_body;
  std::string before_body;
};

Result<ReviewState> review_state(const Step& step, LeafIndex first) {
  ReviewState state;
  auto level = step.store.query(
      "SELECT level FROM statements WHERE campaign = ? AND tbl = ? AND school_wide = 1 AND idx < ?"
      " ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool passed, level.bind(step.campaign, step.table, first).step());
  if (passed) state.after_level = level.string(0);
  auto body = step.store.query(
      "SELECT body FROM proceedings WHERE campaign = ? AND kind = 'decided' AND outcome != "
      "'sent_back'"
      " AND idx < ? ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool decided, body.bind(step.campaign, first).step());
  if (decided) state.after_body = body.string(0);
  const auto& bodies = step.definition()->bodies;
  const std::size_t turn = step.after.campaigns.at(ledger::CampaignId(step.campaign)).bodies_passed;
  if (turn < bodies.size()) state.before_body = bodies[turn].id.value;
  return state;
}

// F10: shown, never a fault by itself. It rests on the computation and on all edits since.
Result<void> raise_fact(const Step& step, const Indicator& indicator, const Edit& edit,
                        LeafIndex computed_by, const ReviewState& review) {
  const auto& actor = step.event.actor;
  AccountabilityFact fact;
  fact.kind = "F10";
  fact.id = fact.kind + "-" + std::to_string(edit.entries.back()) + "-" + indicator.id;
  fact.state = "open";
  fact.campaign = step.campaign;
  fact.table = step.table;
  fact.department = actor.hat.department.value;
  if (fact.department.empty() && step.task() != nullptr) {
    fact.department = step.task()->department.value;
  }
  fact.person = actor.person.value;
  fact.happened = step.event.received_at;
  fact.count = static_cast<std::uint32_t>(edit.cells);
  fact.counts = false;
  if (!review.after_body.empty()) {
    fact.after = "body:" + review.after_body;
  } else if (!review.after_level.empty()) {
    fact.after = "level:" + review.after_level;
  }
  fact.entries = edit.entries;
  fact.entries.push_back(computed_by);
  auto earlier = step.store.query(
      "SELECT idx FROM indicator_edits WHERE campaign = ? AND indicator = ? AND computed_by = ?");
  earlier.bind(step.campaign, indicator.id, computed_by);
  while (true) {
    CS_TRY(const bool found, earlier.step());
    if (!found) break;
    fact.entries.push_back(earlier.index(0));
  }
  return insert_fact(step.store, std::move(fact));
}

// Some indicators may have been computed apart from the rest.
Result<LeafIndex> last_computation(const Step& step, const Indicator& indicator) {
  auto query = step.store.query(
      "SELECT max(c.idx) FROM computations c JOIN computation_values v ON v.idx = c.idx"
      " WHERE c.campaign = ? AND v.indicator = ?");
  CS_TRY(const bool found, query.bind(step.campaign, indicator.id).step());
  return found ? query.index(0) : 0;
}

Result<void> compare(const Step& step, const Indicator& indicator, const Edit& edit) {
  CS_TRY(const auto before, standing_before(step, indicator, edit.entries.front()));
  if (!before) return {};
  const auto& defined = step.after.directory->campaigns.at(ledger::CampaignId(step.campaign));
  CS_TRY(const auto evaluation,
         evaluate_indicators(step.store, *defined.definition, {indicator.id}));
  const auto& after = evaluation.indicators.front();
  const auto why = evaluation.broken.find(indicator.id);
  const std::string broken = why == evaluation.broken.end() ? std::string() : why->second;
  if (!broken.empty()) {
    ledger::diag::warn("indicators.unknown", {{"index", std::to_string(step.index())},
                                              {"campaign", step.campaign},
                                              {"indicator", indicator.id},
                                              {"why", broken}});
  }
  const std::string side(side_of(after.result));
  const bool crossed = !side.empty() && !before->side.empty() && side != before->side;
  CS_TRY(const LeafIndex computed_by, last_computation(step, indicator));
  ReviewState review;
  if (crossed) {
    CS_TRY(review, review_state(step, edit.entries.front()));
    CS_CHECK(raise_fact(step, indicator, edit, computed_by, review));
  }
  CS_CHECK(step.store.execute(
      "INSERT INTO indicator_edits (campaign, indicator, idx, first, tbl, computed_by, cells,"
      " value_before, result_before, value_after, result_after, broken, crossed, after_level,"
      " after_body, before_body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      step.campaign, indicator.id, edit.entries.back(), edit.entries.front(), step.table,
      computed_by, edit.cells, number_text(before->value), ledger::to_string(before->result),
      number_text(after.value), ledger::to_string(after.result), broken, crossed,
      review.after_level, review.after_body, review.before_body));
  return step.store.execute(
      "UPDATE indicator_standings SET revision = ?1, value = ?2, result = ?3,"
      " side = CASE ?4 WHEN '' THEN ?5 ELSE ?4 END WHERE campaign = ?6 AND indicator = ?7",
      defined.revision, number_text(after.value), ledger::to_string(after.result), side,
      before->side, step.campaign, indicator.id);
}

}  // namespace

Result<void> apply_edit(const Step& step) {
  const auto* definition = step.definition();
  const auto campaign = step.after.campaigns.find(ledger::CampaignId(step.campaign));
  if (!step.ends_command || definition == nullptr || campaign == step.after.campaigns.end() ||
      !campaign->second.computed_by) {
    return {};
  }
  std::vector<const Indicator*> touched;
  for (const Indicator& one : definition->indicators) {
    if (inputs_of(*definition, one).contains(ledger::TableKey(step.table))) touched.push_back(&one);
  }
  if (touched.empty()) return {};
  CS_TRY(Edit edit, edit_of(step));
  if (edit.entries.empty()) return {};
  CS_TRY(edit.cells, count_cells(step, edit.entries.front(), edit.entries.back()));
  for (const Indicator* one : touched) CS_CHECK(compare(step, *one, edit));
  return {};
}

}  // namespace countersign::projections
