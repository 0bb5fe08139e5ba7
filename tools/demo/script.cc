#include "tools/demo/script.h"

#include "tools/demo/schedule.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Incident 18: the International Office's data officer changes in mid-campaign.
std::string filler_of(const std::string& department, const std::string& when) {
  return department == "int" && when > "10-24" ? "int.filler2" : department + ".filler";
}

class Script {
 public:
  Script(const ledger::CampaignDefinition& campaign, const SyntheticSchool& school)
      : campaign_(campaign), school_(school) {}

  std::vector<Act> acts() {
    office_acts();
    for (const Schedule& one : schedules(campaign_)) table_acts(one);
    for (Act& act : incident_acts(campaign_, school_)) acts_.push_back(std::move(act));
    std::stable_sort(acts_.begin(), acts_.end(),
                     [](const Act& a, const Act& b) { return a.instant < b.instant; });
    return std::move(acts_);
  }

 private:
  void add(const std::string& when, std::string title, std::function<Result<void>(Stage&)> run) {
    acts_.push_back({on(when), std::move(title), std::move(run)});
  }

  void office_acts() {
    const std::string count = std::to_string(campaign_.tables.size());
    add("09-25 09:00", "评估中心分配 " + count + " 张表 / the Centre assigns " + count + " tables",
        [](Stage& stage) {
          return done(
              stage.act("centre.2", "POST", stage.campaign_path("/assignments"), json::object()));
        });
    for (const auto& opening :
         {std::pair("09-30 08:00", "base_entry"), std::pair("10-12 08:00", "full_collection")}) {
      const std::string phase = opening.second;
      add(opening.first, "开放阶段 / phase opens: " + phase, [phase](Stage& stage) {
        return done(stage.act("centre.2", "POST", stage.campaign_path("/phases/" + phase + "/open"),
                              json::object()));
      });
    }
    add("10-20 18:00", "关闭基础数据阶段 / the base phase closes", [](Stage& stage) {
      return done(stage.act("centre.2", "POST", stage.campaign_path("/phases/base_entry/close"),
                            json::object()));
    });
  }

  void table_acts(const Schedule& one) {
    const std::string& table = one.table;
    const std::string owner = lower(campaign_.table(ledger::TableKey(table))->owner.value);
    std::vector<Act> steps;
    if (!one.filled.empty()) {
      const std::string filler = filler_of(owner, one.filled);
      steps.push_back({on(one.filled), filler + " 填报 / fills " + table,
                       [&school = school_, table, filler](Stage& stage) -> Result<void> {
                         const auto sheet = school.sheet(table);
                         // Nothing to report: submitted as it is, empty.
                         if (sheet.find('\n') + 1 == sheet.size()) return {};
                         return done(stage.import(filler, table, sheet));
                       }});
    }
    if (!one.submitted.empty()) {
      steps.push_back(submission_act(one.submitted, filler_of(owner, one.submitted), table));
    }
    // The Library's passes of November are made by the delegate.
    const std::string reviewer = table == "library" ? "it.reviewer" : owner + ".reviewer";
    const auto approve = [&](const std::string& when, const std::string& account,
                             const char* level) {
      if (!when.empty()) steps.push_back(approval_act(when, account, table, level));
    };
    approve(one.passed, reviewer, "department_review");
    approve(one.signed_off, owner + ".head", "head_signature");
    approve(one.reviewed, "centre.4", "first_review");
    for (Act& step : steps) {
      step.together = one.together;
      acts_.push_back(std::move(step));
    }
  }

  const ledger::CampaignDefinition& campaign_;
  const SyntheticSchool& school_;
  std::vector<Act> acts_;
};

}  // namespace

std::string on(const std::string& day_and_time) {
  return "2020-" + day_and_time.substr(0, 5) + "T" + day_and_time.substr(6) + ":00+08:00";
}

Result<void> done(Result<json> reply) {
  if (!reply) return std::move(reply).error();
  return {};
}

Act approval_act(const std::string& when, const std::string& account, const std::string& table,
                 const std::string& level) {
  return {on(when), account + " " + level + " " + table, [account, table, level](Stage& stage) {
            return done(stage.approve(account, table, level));
          }};
}

Act submission_act(const std::string& when, const std::string& account, const std::string& table) {
  return {on(when), account + " 提交 / submits " + table,
          [account, table](Stage& stage) { return done(stage.submit(account, table)); }};
}

std::vector<Act> campaign_script(const ledger::CampaignDefinition& campaign,
                                 const SyntheticSchool& school) {
  return Script(campaign, school).acts();
}

}  // namespace countersign::tools
