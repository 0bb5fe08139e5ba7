// Indicators as computed for named versions, and the rectification plans that missed marks ask
// for. Commands first, then their events.
#pragma once

#include "ledger/base/time.h"
#include "ledger/domain/references.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

// A quantity as it came out.
struct QuantityValue {
  std::string quantity;
  std::uint32_t version = 0;  // of its definition
  double value = 0;
  std::uint64_t cells = 0;  // that it is the sum of
};

enum class IndicatorResult : std::uint8_t {
  passes,
  passes_by_alternative,
  fails,
  restricted,  // beyond the mark that restricts enrolment
  undefined,   // cannot be computed: a division by nothing, a broken formula
};
std::string_view to_string(IndicatorResult result);
std::optional<IndicatorResult> indicator_result_from(std::string_view text);
constexpr bool passes(IndicatorResult result) {
  return result == IndicatorResult::passes || result == IndicatorResult::passes_by_alternative;
}

struct IndicatorValue {
  std::string indicator;
  std::uint32_t version = 0;  // of formula and marks
  std::optional<double> value;
  std::optional<double> mark;
  IndicatorResult result = IndicatorResult::undefined;
};

// Which content of a table figures were computed from.
struct InputTable {
  TableKey table;
  VersionRef version;
};

// All indicators over the tables as they are, by the service itself.
struct RecordIndicators {
  CampaignId campaign;
  TreeSize computed_at = 0;
  std::uint32_t definition_revision = 0;
  std::vector<InputTable> inputs;
  std::vector<QuantityValue> quantities;
  std::vector<IndicatorValue> indicators;
};
struct IndicatorsComputed {
  CampaignId campaign;
  TreeSize computed_at = 0;
  std::uint32_t definition_revision = 0;
  std::vector<InputTable> inputs;
  std::vector<QuantityValue> quantities;
  std::vector<IndicatorValue> indicators;
};
// A consequence: the indicator misses its mark, and its department owes a plan.
struct PlanRequired {
  CampaignId campaign;
  std::string indicator;
  DepartmentId department;
};

// One cause with the measure against it; a plan is decided item by item.
struct PlanItem {
  std::string id;     // within the plan, from "1" in order
  std::string cause;  // what lies behind the miss
  std::string measure;
  std::string owner;  // who answers for the measure
  Timestamp until;
};
struct DraftPlan {
  CampaignId campaign;
  std::string indicator;
  std::vector<PlanItem> items;
};
struct PlanDrafted {
  CampaignId campaign;
  std::string indicator;
  DepartmentId department;
  std::uint32_t draft = 1;      // from 1; grows with each return
  std::size_t items_total = 0;  // their ids are "1" to this
  std::vector<PlanItem> items;  // payload
};

struct PlanItemDecision {
  std::string item;
  bool accepted = false;
  std::string reason;  // required when it is sent back
};
// The body accepts the plan or sends it back, item by item.
struct DecidePlan {
  CampaignId campaign;
  std::string indicator;
  unsigned attended = 0;
  std::vector<PlanItemDecision> items;
};
struct PlanDecided {
  CampaignId campaign;
  std::string indicator;
  LeafIndex plan = 0;  // the entry that drafted it
  unsigned attended = 0;
  bool accepted = false;                // every item was
  std::vector<PlanItemDecision> items;  // reasons: payload
};

// Next year's campaign says what became of a measure.
enum class FollowUp : std::uint8_t { done, under_way, not_done };
std::string_view to_string(FollowUp outcome);
std::optional<FollowUp> follow_up_from(std::string_view text);

struct FollowUpPlan {
  CampaignId campaign;  // this year's
  CampaignId previous;  // the plan's
  std::string indicator;
  std::string item;
  FollowUp outcome = FollowUp::under_way;
  std::string text;
};
struct PlanFollowedUp {
  CampaignId campaign;
  CampaignId previous;
  std::string indicator;
  std::string item;
  FollowUp outcome = FollowUp::under_way;
  std::string text;  // payload
};

}  // namespace countersign::ledger
