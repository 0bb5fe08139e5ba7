#include "tools/demo/player.h"

#include "ledger/domain/campaign_codec.h"
#include "tools/demo/in_parallel.h"
#include "tools/demo/last_year.h"
#include "tools/demo/previous_edition.h"
#include "tools/demo/script.h"
#include "tools/demo/stage.h"
#include "tools/demo/synthetic_school.h"

#include <memory>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

// When this year's campaign begins.
constexpr std::string_view kNoticeIssued = "2020-09-21T09:00:00+08:00";

Result<void> run_act(Stage& stage, const Act& act) {
  auto ran = act.run(stage);
  if (ran) return {};
  return ledger::Error{ran.error().code, act.title + ": " + ran.error().detail};
}

}  // namespace

std::string_view demo_start() { return "2019-09-30T09:00:00+08:00"; }
std::string_view demo_end() { return "2020-11-30T10:00:00+08:00"; }

Result<void> play_demo(
    const std::string& url, ledger::Timestamp until,
    const std::function<void(std::size_t, std::size_t, const std::string&)>& progress) {
  CS_TRY(const auto campaign, ledger::parse_campaign(demo_campaign_json()));
  const SyntheticSchool school(*campaign);
  auto acts = campaign_script(*campaign, school);
  std::erase_if(acts, [&](const Act& act) {
    const auto instant = ledger::parse_rfc3339(act.instant);
    return !instant || *instant > until;
  });
  const std::size_t total = acts.size() + 3;

  const auto sessions = std::make_shared<Sessions>();
  Stage stage(url, campaign->id.value, sessions);
  progress(0, total, "上一年度采集 / last year's campaign");
  CS_TRY(const auto last, ledger::parse_campaign(last_campaign_json()));
  CS_CHECK(play_previous_edition(url, school, sessions));
  std::set<std::string> have;
  for (const auto& account : last->accounts) have.insert(account.id.value);
  progress(1, total, "定义采集任务 / the campaign is defined");
  CS_CHECK(stage.set_clock(std::string(kNoticeIssued)));
  CS_TRY(const json defined, stage.act("admin", "PUT", "/v1/campaigns/" + campaign->id.value,
                                       json::parse(demo_campaign_json())));
  progress(2, total, "发放账号 / credentials are issued");
  CS_CHECK(issue_credentials(url, *campaign, sessions, have));
  for (std::size_t i = 0; i < acts.size();) {
    const Act& first = acts[i];
    progress(i + 3, total, first.title);
    CS_CHECK(stage.set_clock(first.instant));
    std::size_t end = i + 1;
    while (first.together && end < acts.size() && acts[end].together &&
           acts[end].instant == first.instant) {
      ++end;
    }
    if (end == i + 1) {
      CS_CHECK(run_act(stage, first));
    } else {
      CS_CHECK(in_parallel(url, campaign->id.value, sessions, end - i,
                           [&](Stage& own, std::size_t k) { return run_act(own, acts[i + k]); }));
    }
    i = end;
  }
  return stage.set_clock(ledger::format_utc(until));
}

std::string demo_accounts_text() {
  struct Line {
    const char* account;
    const char* who;
  };
  constexpr Line kLines[] = {
      {"admin", "管理员 administrator"},
      {"centre.1",
       "评估中心，兼领导小组副组长 Centre office, also deputy head of the leading group"},
      {"hr.filler", "人事处填报 HR, fills"},
      {"hr.reviewer", "人事处审核 HR, reviews"},
      {"hr.head", "人事处负责人 HR, unit head"},
      {"aa.filler", "教务处填报 Academic Affairs, fills"},
      {"lib.filler", "图书馆填报 Library, fills"},
      {"c07.filler", "计算机学院填报 School of Computing, fills its own rows"},
      {"lg.1", "领导小组 leading group, reads"},
      {"appraisal.1", "考核 accountability reviewer, reads facts"},
      {"audit.1", "审计 auditor, reads the log and proofs"},
  };
  std::string out =
      "演示账号与口令（数据均为虚构）/ Demonstration accounts and passwords (all data fictional)\n";
  for (const Line& line : kLines) {
    out += "  " + std::string(line.account) + "  " + demo_password(line.account) + "  " + line.who +
           "\n";
  }
  return out +
         "其余账号的口令同此规律 / every other account's password follows the same pattern.\n";
}

}  // namespace countersign::tools
