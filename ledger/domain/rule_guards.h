// What the rules' findings mean for a version on its way: guards of submission and approval.
// Private to decide_*.cc.
#pragma once

#include "ledger/domain/decide_context.h"

#include <optional>

namespace countersign::ledger {

// Whether any rule that was not withdrawn looks at the table.
bool has_rules(const TaskContext& at);
// Before submission: validation_missing, findings_open.
std::optional<Refusal> refuse_unvalidated(const DecideContext& context, const TaskContext& at,
                                          const VersionRef& version);
// Before the first approval: explanations_pending, and findings_open where one was rejected, or
// where rules that came after the submission found something blocking in that version.
std::optional<Refusal> refuse_unexplained(const TaskContext& at);

}  // namespace countersign::ledger
