// Last year's edition of the demonstration school: the rows of 2019 of the tables that the campaign
// of 2020 looks back on. Made from the rows of 2020, so that what moved between the years is what
// is written here.
#pragma once

#include "ledger/domain/row.h"
#include "tools/demo/synthetic_school.h"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::tools {

// The definition of last year's campaign that is compiled in (campaign-2019.json).
std::string_view last_campaign_json();

// All rows of a table of last year's campaign, with the columns it had then.
// REQUIRES: a table of both campaigns.
std::vector<ledger::Cells> last_year_rows(const SyntheticSchool& school, const std::string& table);

}  // namespace countersign::tools
