// Last year's campaign as it is played before this year's begins: 28 tables, filled, submitted and
// passed in the autumn of 2019, for carrying forward and for rules that look back.
#pragma once

#include "ledger/base/result.h"
#include "tools/demo/stage.h"
#include "tools/demo/synthetic_school.h"

#include <memory>
#include <string>

namespace countersign::tools {

// Defines and plays it, and issues its accounts their credentials.
ledger::Result<void> play_previous_edition(const std::string& url, const SyntheticSchool& school,
                                           const std::shared_ptr<Sessions>& sessions);

}  // namespace countersign::tools
