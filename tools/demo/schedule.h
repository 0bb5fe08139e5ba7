// When each table takes which step of its way through the campaign.
#pragma once

#include "ledger/domain/campaign.h"

#include <span>
#include <string>
#include <vector>

namespace countersign::tools {

// "10-12 09:10" on the campus, in 2020; an empty instant: the step is not taken by the schedule.
struct Schedule {
  std::string table;
  std::string filled;
  std::string submitted;
  std::string passed;
  std::string signed_off;
  std::string reviewed;
  // Nothing in the story names the order of its steps among those of other tables, so that steps
  // of one instant may be taken at once.
  bool together = false;
};

// The tables with a story of their own, then all others by their due day.
std::vector<Schedule> schedules(const ledger::CampaignDefinition& campaign);

}  // namespace countersign::tools
