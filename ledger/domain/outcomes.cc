// Names of the small enumerations of indicators, plans and cases.
#include "ledger/base/enum_names.h"
#include "ledger/domain/cases.h"
#include "ledger/domain/indicators.h"

#include <algorithm>
#include <array>

namespace countersign::ledger {

namespace {

constexpr std::array<std::string_view, 5> kResults = {"passes", "passes_by_alternative", "fails",
                                                      "restricted", "undefined"};
constexpr std::array<std::string_view, 3> kFollowUps = {"done", "under_way", "not_done"};
constexpr std::array<std::string_view, 3> kCaseOutcomes = {"reported", "published", "closed"};

}  // namespace

std::string_view to_string(IndicatorResult result) {
  return kResults[static_cast<std::size_t>(result)];
}
std::optional<IndicatorResult> indicator_result_from(std::string_view text) {
  return enum_from<IndicatorResult>(kResults, text);
}

std::string_view to_string(FollowUp outcome) {
  return kFollowUps[static_cast<std::size_t>(outcome)];
}
std::optional<FollowUp> follow_up_from(std::string_view text) {
  return enum_from<FollowUp>(kFollowUps, text);
}

std::string_view to_string(CaseOutcome outcome) {
  return kCaseOutcomes[static_cast<std::size_t>(outcome)];
}
std::optional<CaseOutcome> case_outcome_from(std::string_view text) {
  return enum_from<CaseOutcome>(kCaseOutcomes, text);
}

}  // namespace countersign::ledger
