// F12: a department asked others for what the school holds already (domain-model.md section 9).
#pragma once

#include "projections/step.h"

#include <string>

namespace countersign::projections {

// REQUIRES: apply_tables() ran for the step.
//
// Raised by a request that names neither a new item nor a changed one, when rows of its part have
// values already.
ledger::Result<void> needless_request(const Step& step, const ledger::AssistRequested& event,
                                      const std::string& asking_department);
// What the assisting department changed between the request and its delivery shows that the asker
// was right: the fact does not count any more.
ledger::Result<void> excuse_needless_request(const Step& step,
                                             const ledger::AssistDelivered& event);

}  // namespace countersign::projections
