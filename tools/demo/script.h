// The script of the 2020 campaign: what happens when. Data and small acts; the player runs them in
// the order of their instants.
#pragma once

#include "ledger/base/result.h"
#include "tools/demo/stage.h"
#include "tools/demo/synthetic_school.h"

#include <functional>
#include <string>
#include <vector>

namespace countersign::tools {

struct Act {
  std::string instant;  // RFC 3339, campus time
  std::string title;
  std::function<ledger::Result<void>(Stage&)> run;
};

// From assignment to first review, with incidents 1, 4, 5 and 17, in order of time.
// `school` and `campaign` must outlive the acts.
std::vector<Act> campaign_script(const ledger::CampaignDefinition& campaign,
                                 const SyntheticSchool& school);

}  // namespace countersign::tools
