// The last three weeks: what was left of the reviews, the leading group, the Party committee and
// its opinions (incident 11), freezing and handing over, and the ministry's order (incident 15).
#include "ledger/base/bytes.h"
#include "ledger/crypto/sha256.h"
#include "tools/demo/incidents.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

// The documents of the demonstration are their titles.
json document(const std::string& title) {
  return {{"title", title}, {"hash", ledger::to_hex(ledger::sha256(ledger::as_bytes(title)))}};
}

const char* const kReportForGroup = "2020年本科教学基本状态数据分析报告（送审稿）";
const char* const kReportForParty = "2020年本科教学基本状态数据分析报告（报审稿）";

struct Office {
  std::string filler;
  std::string reviewer;
  std::string head;
};
const Office kHr{"hr.filler", "hr.reviewer", "hr.head"};

// The way of one version through its department: submission, review, signature.
void through_department(ActList& acts, const std::string& table, const Office& office,
                        const std::string& submitted, const std::string& passed,
                        const std::string& signed_off) {
  if (!submitted.empty()) acts.submission(submitted, office.filler, table);
  acts.approval(passed, office.reviewer, table, "department_review");
  acts.approval(signed_off, office.head, table, "head_signature");
}

// What was still under way when the window closed.
void last_reviews(ActList& acts) {
  const Office aa{"aa.filler", "aa.reviewer", "aa.head"};
  through_department(acts, "major_transfers", aa, "", "11-06 10:30", "11-06 11:00");
  through_department(acts, "fixed_assets", {"am.filler", "am.reviewer", "am.head"}, "11-06 11:00",
                     "11-06 14:00", "11-06 15:00");
  through_department(acts, "library", {"lib.filler", "it.reviewer", "lib.head"}, "11-06 11:10",
                     "11-06 14:10", "11-06 15:10");
  for (const auto& [when, table] :
       {std::pair("11-06 16:00", "major_transfers"), std::pair("11-06 16:10", "fixed_assets"),
        std::pair("11-06 16:20", "library"), std::pair("11-06 16:30", "overseas_undergraduates"),
        std::pair("11-06 16:40", "major_course_delivery"),
        std::pair("11-06 16:50", "teaching_evaluation")}) {
    acts.approval(when, "centre.4", table, "first_review");
  }
  acts.add("11-06 18:00", "关闭全面采集阶段 / full collection closes", [](Stage& stage) {
    return done(stage.act("centre.2", "POST", stage.campaign_path("/phases/full_collection/close"),
                          json::object()));
  });
  acts.add("11-07 09:00",
           "培养计划表逾期未报，登记例外 / an exception for the table never delivered",
           [](Stage& stage) {
             return done(stage.act(
                 "centre.2", "POST", stage.table_path("curricula", "/exception"),
                 {{"due", on("11-08 18:00")}, {"reason", "教务处未按期报送，经批准限期补报"}}));
           });
  through_department(acts, "curricula", aa, "11-08 10:00", "11-08 11:00", "11-08 14:00");
  acts.approval("11-09 08:40", "centre.4", "curricula", "first_review");
}

void put_before(ActList& acts, const std::string& when, const std::string& body,
                const std::string& report) {
  acts.add(when, "提交审议 / tabled before: " + body, [body, report](Stage& stage) {
    return done(stage.act("centre.1", "POST", stage.campaign_path("/bodies/" + body + "/report"),
                          {{"report", document(report)}}));
  });
}

// Incident 11: the Party committee wants the full-time teachers counted by their definition. Four
// tables are opened again; 15 November is a Sunday, and one of them comes the day after.
void deliberation(ActList& acts) {
  put_before(acts, "11-09 09:00", "leading_group", kReportForGroup);
  acts.add("11-09 15:00", "领导小组审议通过 / the leading group approves", [](Stage& stage) {
    return done(stage.act("lg.1", "POST", stage.campaign_path("/bodies/leading_group/decision"),
                          {{"report", document(kReportForGroup).at("hash")},
                           {"outcome", "approved"},
                           {"attended", 13},
                           {"minutes", document("领导小组会议纪要〔2020〕3号")}}));
  });
  put_before(acts, "11-10 09:00", "party_committee", kReportForParty);
  acts.add("11-13 16:00", "学校党委审定，附意见 / the Party committee approves with opinions",
           [](Stage& stage) {
             const std::string opinion = "专任教师口径须按指南重新界定，请核对相关人员";
             json opinions = json::array();
             for (const char* table :
                  {"staff_teaching", "managers", "top_talent", "entrepreneurship_staff"}) {
               opinions.push_back({{"table", table}, {"text", opinion}});
             }
             return done(stage.act("party.secretary", "POST",
                                   stage.campaign_path("/bodies/party_committee/decision"),
                                   {{"report", document(kReportForParty).at("hash")},
                                    {"outcome", "approved_with_opinions"},
                                    {"attended", 8},
                                    {"minutes", document("党委会会议纪要〔2020〕21号")},
                                    {"opinions", opinions},
                                    {"due", "2020-11-16T00:00:00+08:00"}}));
           });
}

// Changes one cell of the table's first row.
void correct(ActList& acts, const std::string& when, const std::string& account,
             const std::string& table, const std::string& column, const std::string& value,
             const std::string& reason) {
  acts.add(when, account + " 最终填报 / corrects " + table,
           [account, table, column, value, reason](Stage& stage) -> Result<void> {
             CS_TRY(const json rows, stage.ask(account, stage.table_path(table, "/rows?limit=1")));
             const std::string key = rows.at("rows").at(0).at("key");
             return done(stage.act(account, "PATCH",
                                   stage.table_path(table, "/rows/" + percent_encode(key)),
                                   {{"cells", {{column, value}}}, {"reason", reason}}));
           });
}

void final_filling(ActList& acts) {
  const std::string reason = "按党委会意见重新界定专任教师口径";
  correct(acts, "11-14 09:00", "hr.filler", "staff_teaching", "teaching_since", "2011", reason);
  through_department(acts, "staff_teaching", kHr, "11-14 10:00", "11-14 11:00", "11-14 14:00");
  correct(acts, "11-14 15:00", "hr.filler", "top_talent", "research_field", "教师教育研究", reason);
  through_department(acts, "top_talent", kHr, "11-14 15:30", "11-14 16:00", "11-14 16:30");
  correct(acts, "11-15 09:00", "ie.filler", "entrepreneurship_staff", "fulltime_teachers", "11",
          reason);
  through_department(acts, "entrepreneurship_staff", {"ie.filler", "ie.reviewer", "ie.head"},
                     "11-15 10:00", "11-15 11:00", "11-15 14:00");
  correct(acts, "11-15 16:00", "hr.filler", "managers", "post", "专职辅导员", reason);
  through_department(acts, "managers", kHr, "11-16 09:10", "11-16 10:00", "11-16 11:00");
}

void freeze(ActList& acts, const std::string& when) {
  acts.add(when, "冻结 / frozen", [](Stage& stage) {
    return done(stage.act("admin2", "POST", stage.campaign_path("/freeze"), json::object()));
  });
}

void hand_over(ActList& acts, const std::string& when, const std::string& receipt) {
  acts.add(when, "报送国家数据平台 / submitted to the national platform", [receipt](Stage& stage) {
    return done(stage.act("admin2", "POST", stage.campaign_path("/submission"),
                          {{"receipt", document(receipt)}}));
  });
}

// Incident 15: the ministry returns the data once; one table is opened for two days.
void submission(ActList& acts) {
  freeze(acts, "11-17 10:00");
  hand_over(acts, "11-18 11:00", "平台回执 JP-2020-1118");
  acts.add("11-19 15:00", "上级退回一次 / the ministry returns the data once", [](Stage& stage) {
    return done(stage.act("admin2", "POST", stage.campaign_path("/reopening"),
                          {{"order", document("平台退回通知 2020-1119：表3-2 学生管理人员")},
                           {"tables", {"managers"}},
                           {"due", on("11-21 18:00")}}));
  });
  correct(acts, "11-20 09:30", "hr.filler", "managers", "post", "辅导员", "按上级退回意见更正");
  through_department(acts, "managers", kHr, "11-20 10:00", "11-20 14:00", "11-20 15:00");
  freeze(acts, "11-21 09:00");
  hand_over(acts, "11-21 10:00", "平台回执 JP-2020-1121");
  acts.add("11-24 10:00", "平台接收 / accepted", [](Stage& stage) {
    return done(stage.act("admin2", "POST", stage.campaign_path("/acceptance"),
                          {{"notice", document("平台接收通知 2020-1124")}}));
  });
}

}  // namespace

void final_weeks(ActList& acts) {
  last_reviews(acts);
  deliberation(acts);
  final_filling(acts);
  submission(acts);
}

}  // namespace countersign::tools
