// Editions of the demonstration's campaign for other years: the same tables, people, rules and
// chain of approval, every instant and name moved by whole years.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/commands.h"

namespace countersign::tools {

// The command that defines the campaign of `year`, a new one.
//   Errc::malformed   the demonstration's definition does not stand for another year
ledger::Result<ledger::DefineCampaign> edition_of(int year);

}  // namespace countersign::tools
