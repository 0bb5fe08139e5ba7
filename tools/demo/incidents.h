// Parts of the incidents, one function per kind; script.h has the whole.
#pragma once

#include "tools/demo/script.h"

#include <string>
#include <utility>
#include <vector>

namespace countersign::tools {

class ActList {
 public:
  void add(const std::string& when, std::string title,
           std::function<ledger::Result<void>(Stage&)> run) {
    acts_.push_back({on(when), std::move(title), std::move(run)});
  }
  void submission(const std::string& when, const std::string& account, const std::string& table) {
    acts_.push_back(submission_act(when, account, table));
  }
  void approval(const std::string& when, const std::string& account, const std::string& table,
                const std::string& level) {
    acts_.push_back(approval_act(when, account, table, level));
  }
  std::vector<Act> take() && { return std::move(acts_); }

 private:
  std::vector<Act> acts_;
};

// The person behind an account of the definition.
std::string person_of(const ledger::CampaignDefinition& campaign, const std::string& account);

// returns_and_repeats.cc: a return at first review, changes after it, a part delivered late, a
// delegation; incidents 4, 5 and 17.
void returns_and_changes(ActList& acts, const ledger::CampaignDefinition& campaign);
void repeated_and_late(ActList& acts, const ledger::CampaignDefinition& campaign,
                       const SyntheticSchool& school);

// incidents.cc: incidents 2, 6, 8, 10, 12 and 18.
void returned_twice(ActList& acts);
void two_persons(ActList& acts, const ledger::CampaignDefinition& campaign,
                 const SyntheticSchool& school);
void extensions(ActList& acts);
void needless_request(ActList& acts);
void sign_off_at_night(ActList& acts);
void successor(ActList& acts);

// confidentiality.cc: incidents 13 and 16.
void exports(ActList& acts);
void degree_corrected(ActList& acts);

// named_in_bulletin.cc: incident 14.
void named_in_bulletin(ActList& acts);

// preparations.cc: accounts and training, evidence, the note on the library's holdings.
void preparations(ActList& acts, const ledger::CampaignDefinition& campaign);

// wrong_rule.cc: incident 7.
void wrong_rule(ActList& acts);

// figures.cc: incidents 3 and 9, and the plans that missed marks ask for.
void wrong_unit(ActList& acts, const ledger::CampaignDefinition& campaign,
                const SyntheticSchool& school);
void two_teachers(ActList& acts);
void rectification_plans(ActList& acts);

// final_weeks.cc: from the last reviews to the ministry's acceptance; incidents 11 and 15.
void final_weeks(ActList& acts);

}  // namespace countersign::tools
