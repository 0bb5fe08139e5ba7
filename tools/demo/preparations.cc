// What departments were given before they began, the evidence they registered, and the note that
// explains the library's holdings.
#include "ledger/base/bytes.h"
#include "ledger/crypto/sha256.h"
#include "tools/demo/incidents.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

// A college without a data officer until 13 October.
const char* const kLateCollege = "C17";

void readiness(ActList& acts, const std::string& when, const std::string& what,
               const std::vector<std::string>& departments, const std::string& text) {
  acts.add(when, "登记准备情况 / departments are ready: " + what,
           [what, departments, text](Stage& stage) {
             return done(stage.act("centre.2", "POST", stage.campaign_path("/readiness"),
                                   {{"departments", departments}, {"what", what}, {"text", text}}));
           });
}

// The original stays with its custodian; the ledger knows it by its hash.
void evidence(ActList& acts, const std::string& when, const std::string& account,
              const std::string& table, const std::string& kind, const std::string& title,
              const std::string& requirement) {
  acts.add(when, account + " 登记佐证材料 / registers evidence for " + table, [=](Stage& stage) {
    const json body = {{"title", title},
                       {"kind", kind},
                       {"hash", ledger::to_hex(ledger::sha256(ledger::as_bytes(title)))},
                       {"covers", {{{"requirement", requirement}}}}};
    return done(stage.act(account, "POST", stage.table_path(table, "/evidence"), body));
  });
}

}  // namespace

void preparations(ActList& acts, const ledger::CampaignDefinition& campaign) {
  std::vector<std::string> all;
  std::vector<std::string> with_officer;
  for (const auto& department : campaign.departments) {
    if (department.kind != "office" && department.kind != "college") continue;
    all.push_back(department.id.value);
    if (department.id.value != kLateCollege) with_officer.push_back(department.id.value);
  }
  readiness(acts, "09-28 15:00", "accounts", with_officer, "填报账号与审核账号已当面发放");
  readiness(acts, "09-29 16:00", "training", all, "九月二十九日下午集中培训，各单位均到会");
  readiness(acts, "10-13 09:00", "accounts", {kLateCollege}, "数据采集员十月十三日到任后发放");

  evidence(acts, "10-28 09:00", "fin.filler", "funding_detail", "final_accounts",
           "江畔师范学院2019年度部门决算", "final_accounts");
  evidence(acts, "11-04 09:00", "lib.filler", "library", "library_report",
           "图书馆馆藏统计报告（2019年12月31日）", "books_certificate");

  // Incident 2 in its end: the fall in holdings has its explanation, with the list.
  acts.add(
      "11-04 11:00", "图书馆说明馆藏减少 / the fall in holdings is explained", [](Stage& stage) {
        const std::string list = "剔旧清单 LIB-2019-07";
        return done(
            stage.act("lib.filler", "POST", stage.table_path("library", "/explanations"),
                      {{"rule", "H08"},
                       {"reason", "2019年剔旧 96,100 册，新增 84,300 册，馆藏总量因此下降"},
                       {"evidence",
                        {{{"title", list},
                          {"hash", ledger::to_hex(ledger::sha256(ledger::as_bytes(list)))}}}}}));
      });
  acts.add(
      "11-04 14:30", "接受说明 / the explanation is accepted", [](Stage& stage) -> Result<void> {
        CS_TRY(const json found,
               stage.ask("it.reviewer", stage.table_path("library", "/findings")));
        const json& said = found.at("explanations");
        if (said.empty()) return Error{ledger::Errc::not_found, "no explanation"};
        return done(
            stage.act("it.reviewer", "POST",
                      stage.table_path(
                          "library", "/explanations/" + said.back().at("id").dump() + "/decision"),
                      {{"accepted", true}, {"reason", "与剔旧清单相符"}}));
      });
}

}  // namespace countersign::tools
