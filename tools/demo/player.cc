#include "tools/demo/player.h"

#include "ledger/domain/campaign_codec.h"
#include "tools/demo/script.h"
#include "tools/demo/stage.h"
#include "tools/demo/synthetic_school.h"

#include <atomic>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::size_t kIssuers =
    2;  // issuing is scrypt work, which the service does on two threads

// Every account but the founder's, in parallel: each takes the service some 60 ms.
Result<void> issue_credentials(const std::string& url, const ledger::CampaignDefinition& campaign) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<ledger::Error> failed;
  const auto work = [&] {
    Stage stage(url, campaign.id.value);
    while (true) {
      const std::size_t i = next++;
      if (i >= campaign.accounts.size()) return;
      const std::string& account = campaign.accounts[i].id.value;
      if (account == "admin") continue;
      auto reply = stage.act("admin", "POST", "/v1/accounts/" + account + "/password",
                             {{"password", demo_password(account)}});
      if (reply) continue;
      const std::lock_guard lock(mutex);
      failed = reply.error();
      return;
    }
  };
  std::vector<std::thread> issuers;
  for (std::size_t i = 0; i < kIssuers; ++i) issuers.emplace_back(work);
  for (std::thread& issuer : issuers) issuer.join();
  if (failed) return *failed;
  return {};
}

}  // namespace

std::string_view demo_start() { return "2020-09-21T09:00:00+08:00"; }

Result<void> play_demo(
    const std::string& url,
    const std::function<void(std::size_t, std::size_t, const std::string&)>& progress) {
  CS_TRY(const auto campaign, ledger::parse_campaign(demo_campaign_json()));
  const SyntheticSchool school(*campaign);
  const auto acts = campaign_script(*campaign, school);
  const std::size_t total = acts.size() + 2;

  Stage stage(url, campaign->id.value);
  progress(0, total, "定义采集任务 / the campaign is defined");
  CS_TRY(const json defined, stage.act("admin", "PUT", "/v1/campaigns/" + campaign->id.value,
                                       json::parse(demo_campaign_json())));
  progress(1, total, "发放账号 / credentials are issued");
  CS_CHECK(issue_credentials(url, *campaign));
  std::size_t done = 2;
  for (const Act& act : acts) {
    progress(done++, total, act.title);
    CS_CHECK(stage.set_clock(act.instant));
    if (auto ran = act.run(stage); !ran) {
      return ledger::Error{ran.error().code, act.title + ": " + ran.error().detail};
    }
  }
  return stage.set_clock("2020-11-06T10:00:00+08:00");
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
