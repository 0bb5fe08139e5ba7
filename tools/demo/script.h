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
  bool together = false;  // may run at once with its neighbours of the same instant
};

// "10-12 09:10" of autumn 2020 on the campus, as RFC 3339.
std::string on(const std::string& day_and_time);
// Drops what a successful answer says.
ledger::Result<void> done(ledger::Result<nlohmann::json> reply);

// From assignment to the ministry's acceptance, incidents included, in order of time.
// `school` and `campaign` must outlive the acts.
std::vector<Act> campaign_script(const ledger::CampaignDefinition& campaign,
                                 const SyntheticSchool& school);

// What departs from the schedule, in no order: the numbered incidents, and returns and changes
// that the story tells (incidents.cc).
std::vector<Act> incident_acts(const ledger::CampaignDefinition& campaign,
                               const SyntheticSchool& school);

// One approval of one table at one instant.
Act approval_act(const std::string& when, const std::string& account, const std::string& table,
                 const std::string& level);
Act submission_act(const std::string& when, const std::string& account, const std::string& table);

}  // namespace countersign::tools
