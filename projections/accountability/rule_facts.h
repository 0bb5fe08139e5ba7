// Facts that rest on what the rules found: F5, F6, F8, and what becomes of them and of F4 when a
// rule is withdrawn. README.md says the rules of these facts in words.
#pragma once

#include "projections/step.h"

#include <string>

namespace countersign::projections {

// F5: blocking findings that stood open at the due instant, as the last run before it told.
// `table` was submitted late for the first time, or not at all when its phase was closed.
ledger::Result<void> raise_open_at_due(const Step& step, const std::string& table,
                                       ledger::Timestamp due);
// F6, F8: findings that the first level of approval passed without an accepted explanation.
ledger::Result<void> raise_passed_findings(const Step& step, const ledger::TableApproved& event);
// Facts of a withdrawn rule version are voided; they stay listed.
ledger::Result<void> void_facts_of(const Step& step, const ledger::RuleWithdrawn& event);

}  // namespace countersign::projections
