// Figures that were wrong, that moved an indicator across its mark, or that miss one: incidents 3
// and 9, and the rectification plans.
#include "ledger/base/bytes.h"
#include "ledger/crypto/sha256.h"
#include "tools/demo/incidents.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

// "12.5" as 125000: the figure in yuan where ten thousand yuan are asked for.
std::string in_yuan(const std::string& wan) {
  const auto point = wan.find('.');
  std::string digits = wan.substr(0, point);
  std::string decimals = point == std::string::npos ? "" : wan.substr(point + 1);
  decimals.resize(4, '0');
  digits += decimals;
  const auto first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

Result<void> compute(Stage& stage, const json& indicators) {
  return done(stage.act("centre.1", "POST", stage.campaign_path("/indicators"),
                        indicators.empty() ? json::object() : json{{"indicators", indicators}}));
}

void plan(ActList& acts, const std::string& when, const std::string& account,
          const std::string& indicator, const json& items) {
  acts.add(when, account + " 提交整改方案 / drafts a plan: " + indicator,
           [account, indicator, items](Stage& stage) {
             return done(stage.act(account, "POST",
                                   stage.campaign_path("/plans/" + indicator + "/draft"),
                                   {{"items", items}}));
           });
}

void decision(ActList& acts, const std::string& when, const std::string& indicator,
              const json& items) {
  acts.add(when, "领导小组审议整改方案 / the group decides on a plan: " + indicator,
           [indicator, items](Stage& stage) {
             return done(stage.act("lg.1", "POST",
                                   stage.campaign_path("/plans/" + indicator + "/decision"),
                                   {{"attended", 13}, {"items", items}}));
           });
}

}  // namespace

// Incident 3. Finance fills in yuan; every figure trips H11; the whole sheet is imported again.
void wrong_unit(ActList& acts, const ledger::CampaignDefinition& campaign,
                const SyntheticSchool& school) {
  const auto& table = *campaign.table(ledger::TableKey("funding_detail"));
  auto rows = school.rows("funding_detail");
  for (auto& row : rows) {
    for (auto& [column, cell] : row) {
      if (cell) cell = in_yuan(*cell);
    }
  }
  acts.add("10-23 10:30", "财务处误以元为单位填报 / Finance fills in yuan",
           [sheet = SyntheticSchool::sheet(table, rows)](Stage& stage) {
             return done(stage.import("fin.filler", "funding_detail", sheet));
           });
  acts.add("10-23 10:40", "校验发现单位错误 / the rules find it", [](Stage& stage) {
    return done(stage.act("fin.filler", "POST", stage.table_path("funding_detail", "/validation"),
                          json::object()));
  });
  acts.add("10-23 15:00", "整表重新导入更正 / the whole sheet again",
           [&school](Stage& stage) -> Result<void> {
             CS_TRY(const json reply,
                    stage.import("fin.filler", "funding_detail", school.sheet("funding_detail"),
                                 "原以元为单位，现按万元整表重报"));
             if (reply.at("import").at("changed") == 1) return {};
             return Error{Errc::conflict, "the corrected sheet is not one changed record"};
           });
}

// Incident 9. The ratio misses its mark by a hair; hours before the leading group reads the figures
// two external teachers are added, and it passes by exactly nothing.
void two_teachers(ActList& acts) {
  const json ratio = {"student_teacher_ratio"};
  acts.add("11-04 10:00", "计算生师比 / the ratio is computed",
           [ratio](Stage& stage) { return compute(stage, ratio); });
  acts.add("11-04 16:30", "登记例外：外聘教师表 / an exception for the external teachers",
           [](Stage& stage) {
             return done(stage.act(
                 "centre.2", "POST", stage.table_path("external_teachers", "/exception"),
                 {{"due", on("11-05 12:00")}, {"reason", "人事处称漏报两名外聘教师，限期补录"}}));
           });
  int minute = 38;
  for (const char* number : {"W20901", "W20902"}) {
    acts.add(
        "11-04 17:" + std::to_string(minute), "补录一名外聘教师 / one external teacher more",
        [number](Stage& stage) -> Result<void> {
          CS_TRY(const json rows,
                 stage.ask("hr.filler", stage.table_path("external_teachers", "/rows?limit=1000")));
          // Like one who counts, under a number of its own.
          for (const auto& row : rows.at("rows")) {
            json cells = row.at("cells");
            if (cells.at("status") != "在聘" || cells.at("contract_months") != "12") continue;
            cells["staff_no"] = number;
            return done(
                stage.act("hr.filler", "PUT",
                          stage.table_path("external_teachers", std::string("/rows/") + number),
                          {{"cells", cells}, {"reason", "补录漏报的外聘教师，聘期满六个月"}}));
          }
          return Error{Errc::not_found, "no external teacher to take after"};
        });
    minute += 2;
  }
  acts.add("11-04 17:45", "登记聘用合同 / the contracts are registered", [](Stage& stage) {
    const std::string title = "外聘教师聘用合同 HR-2020-117、118";
    return done(stage.act("hr.filler", "POST", stage.table_path("external_teachers", "/evidence"),
                          {{"title", title},
                           {"kind", "contract"},
                           {"hash", ledger::to_hex(ledger::sha256(ledger::as_bytes(title)))},
                           {"covers", {{{"row", "W20901"}}, {{"row", "W20902"}}}}}));
  });
  acts.submission("11-04 17:50", "hr.filler", "external_teachers");
  acts.approval("11-04 18:00", "hr.reviewer", "external_teachers", "department_review");
  acts.approval("11-04 18:10", "hr.head", "external_teachers", "head_signature");
  acts.approval("11-05 08:30", "centre.4", "external_teachers", "first_review");
  acts.add("11-05 09:00", "再次计算生师比 / the ratio again",
           [ratio](Stage& stage) { return compute(stage, ratio); });
}

// Two indicators miss their marks. The library's second measure is sent back once.
void rectification_plans(ActList& acts) {
  acts.add("11-07 10:00", "计算全部指标 / all indicators",
           [](Stage& stage) { return compute(stage, json::array()); });
  plan(acts, "11-07 14:00", "am.filler", "space_per_student",
       {{{"cause", "2018年以来招生规模增长，教学行政用房未同步增加"},
         {"measure", "综合教学楼2021年8月交付使用，新增用房 12,000 平方米"},
         {"owner", "国有资产管理处"},
         {"until", "2021-08-31T18:00:00+08:00"}}});
  const json purchase = {{"cause", "剔旧册数多于新增册数"},
                         {"measure", "2021年新增纸质图书 80,000 册"},
                         {"owner", "图书馆"},
                         {"until", "2021-12-31T18:00:00+08:00"}};
  json second = {{"cause", "年度购书经费不足"},
                 {"measure", "争取经费"},
                 {"owner", "图书馆"},
                 {"until", "2021-12-31T18:00:00+08:00"}};
  plan(acts, "11-07 15:00", "lib.filler", "books_per_student", {purchase, second});
  decision(acts, "11-09 14:00", "space_per_student", {{{"item", "1"}, {"accepted", true}}});
  decision(acts, "11-09 14:10", "books_per_student",
           {{{"item", "1"}, {"accepted", true}},
            {{"item", "2"}, {"accepted", false}, {"reason", "措施不具体，须写明金额与来源"}}});
  second["measure"] = "2021年购书经费增至 240 万元，列入学校预算";
  plan(acts, "11-09 14:30", "lib.filler", "books_per_student", {purchase, second});
  decision(acts, "11-09 14:45", "books_per_student",
           {{{"item", "1"}, {"accepted", true}}, {{"item", "2"}, {"accepted", true}}});
}

}  // namespace countersign::tools
