#include "tools/demo/incidents.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

// The act must be refused, and for this reason.
Result<void> expect_refusal(Result<Reply> reply, const std::string& code) {
  if (!reply) return std::move(reply).error();
  const json body = json::parse(reply->body, nullptr, false);
  if (reply->status >= 400 && body.is_object() && body.value("code", "") == code) return {};
  return Error{Errc::conflict, "not refused as " + code + ": " + std::to_string(reply->status) +
                                   " " + reply->body.substr(0, 300)};
}

Result<void> return_version(Stage& stage, const std::string& account, const std::string& table,
                            const json& reasons) {
  CS_TRY(const json version, stage.ask(account, stage.table_path(table, "/version")));
  return done(
      stage.act(account, "POST", stage.table_path(table, "/returns"),
                {{"level", "department_review"},
                 {"version", {{"number", version.at("number")}, {"hash", version.at("hash")}}},
                 {"reasons", reasons}}));
}

}  // namespace

// Incident 2. On time, returned twice for a fall in holdings that nothing explains, and passed when
// the explanation came, with the list of what was withdrawn.
void returned_twice(ActList& acts) {
  acts.submission("10-26 10:00", "lib.filler", "library_growth");
  acts.add("10-26 16:00", "图书馆退回：馆藏减少无说明 / returned: fewer books and no note",
           [](Stage& stage) {
             return return_version(
                 stage, "lib.reviewer", "library_growth",
                 {{{"row", "1"},
                   {"column", "new_paper_books"},
                   {"rule", "H08"},
                   {"text", "当年新增 84,300 册而馆藏总量低于上年，无异常数据说明"}}});
           });
  acts.submission("10-27 10:00", "lib.filler", "library_growth");
  acts.add("10-27 15:30", "图书馆再次退回 / returned again", [](Stage& stage) {
    return return_version(stage, "lib.reviewer", "library_growth",
                          {{{"rule", "H08"}, {"text", "原样重报，仍无说明；请附剔旧清单"}}});
  });
  acts.add("10-28 10:00", "图书馆补充说明与剔旧清单 / the note and the withdrawal list",
           [](Stage& stage) {
             return done(stage.act(
                 "lib.filler", "PATCH", stage.table_path("library_growth", "/rows/1"),
                 {{"cells", {{"loans", "238160"}}},
                  {"reason",
                   "异常数据说明：2019年剔旧 96,100 册，剔旧清单 LIB-2019-07；借阅量同时核正"}}));
           });
}

// Incident 6. The filler is on leave and lends her hat to the reviewer, who then may not pass what
// she entered herself. The hat goes to somebody else, and the two persons are two.
void two_persons(ActList& acts, const ledger::CampaignDefinition& campaign,
                 const SyntheticSchool& school) {
  const auto lend = [&](const std::string& when, const std::string& to, const std::string& until,
                        const std::string& reason) {
    acts.add(when, "教务处填报人委托 / the filler lends her hat to " + to,
             [person = person_of(campaign, to), until, reason](Stage& stage) {
               return done(stage.act("aa.filler", "POST", stage.campaign_path("/delegations"),
                                     {{"role", "filler"},
                                      {"department", "AA"},
                                      {"to", person},
                                      {"until", on(until)},
                                      {"reason", reason}}));
             });
  };
  lend("10-19 17:30", "aa.reviewer", "10-22 18:00", "10月20日至22日请假，委托代为填报");
  acts.add("10-20 15:00", "审核人代为填报 / the reviewer fills in for the filler",
           [&school](Stage& stage) {
             return done(
                 stage.import("aa.reviewer", "quality_projects", school.sheet("quality_projects")));
           });
  acts.submission("10-21 09:00", "aa.reviewer", "quality_projects");
  acts.add(
      "10-21 09:10", "审核人审核本人填报的数据，被拒 / she may not pass her own entry",
      [](Stage& stage) -> Result<void> {
        CS_TRY(const json version,
               stage.ask("aa.reviewer", stage.table_path("quality_projects", "/version")));
        return expect_refusal(
            stage.send(
                "aa.reviewer", "POST", stage.table_path("quality_projects", "/approvals"),
                json{{"level", "department_review"},
                     {"version", {{"number", version.at("number")}, {"hash", version.at("hash")}}},
                     {"password", stage.password("aa.reviewer")}}
                    .dump()),
            "same_person");
      });
  lend("10-21 10:00", "qa.filler", "10-23 18:00",
       "同一人不得填报又审核，改由评估中心填报人代为填报");
  acts.add("10-21 14:00", "另一人核对批文并更正 / another person checks and corrects",
           [](Stage& stage) {
             return done(stage.act("qa.filler", "PATCH",
                                   stage.table_path("quality_projects", "/rows/ZL2019001"),
                                   {{"cells", {{"project_name", "师范生实践能力提升工程"}}},
                                    {"reason", "逐项核对批文，更正项目名称"}}));
           });
  acts.submission("10-21 15:00", "qa.filler", "quality_projects");
  acts.approval("10-21 16:00", "aa.reviewer", "quality_projects", "department_review");
}

// Incident 8. Three departments get one more day because the systems they copy from stood still; a
// fourth asks when the day is over.
void extensions(ActList& acts) {
  acts.add(
      "11-02 20:10", "三个部门获准延期 / three departments are granted a day", [](Stage& stage) {
        return done(stage.act("centre.3", "POST", stage.campaign_path("/extensions"),
                              {{"tables", {"student_aid", "research_projects", "student_exchange"}},
                               {"due", on("11-04 23:59")},
                               {"reason", "资助、科研与国际交流系统十一月二日13:00至19:40停机"}}));
      });
  acts.add("11-04 09:30", "事后申请延期被拒 / an extension asked for afterwards is refused",
           [](Stage& stage) {
             return expect_refusal(
                 stage.send("centre.3", "POST", stage.campaign_path("/extensions"),
                            json{{"tables", {"campus_network"}},
                                 {"due", on("11-05 23:59")},
                                 {"reason", "信息中心称同受停机影响，事后提出"}}
                                .dump()),
                 "due_in_past");
           });
}

// Incident 10. The notice forbids asking colleges again for what the school already holds.
void needless_request(ActList& acts) {
  acts.add("10-27 10:00", "科研处要求学院重新填报论文 / a college is asked for papers again",
           [](Stage& stage) {
             return done(stage.act("res.filler", "POST", stage.table_path("papers", "/assists"),
                                   {{"part", "college_rows"},
                                    {"department", "C12"},
                                    {"due", on("10-30 18:00")},
                                    {"text", "请组织全体教师重新填报2019年发表的论文"}}));
           });
  acts.add("10-27 16:00", "学院依据通知拒绝重复填报 / the college declines, citing the notice",
           [](Stage& stage) {
             return done(stage.act(
                 "c12.filler", "POST", stage.table_path("papers", "/assists/college_rows/decline"),
                 {{"reason",
                   "江师院教〔2020〕17号：不得要求二级学院和教师重复填报学校已有数据；"
                   "本院论文科研处已于10月23日导入"}}));
           });
}

// Incident 12. A password from the printed list signs at night. The credential is replaced, which
// ends the session, and the reviewer returns what was signed.
void sign_off_at_night(ActList& acts) {
  acts.add("10-24 02:14", "凌晨登录并提交 / signed in and submitted at night",
           [](Stage& stage) -> Result<void> {
             stage.forget("gs.filler");  // another session, from another place
             return done(stage.submit("gs.filler", "degree_points"));
           });
  acts.add("10-26 08:20", "更换口令，旧会话失效 / the credential is replaced",
           [](Stage& stage) -> Result<void> {
             CS_CHECK(stage.replace_password("admin", "gs.filler", demo_password("gs.filler")));
             // Whoever is still signed in is so no longer.
             CS_CHECK(expect_refusal(stage.send("gs.filler", "GET", "/v1/me"), "unauthenticated"));
             stage.forget("gs.filler");
             return {};
           });
  acts.add(
      "10-26 09:00", "退回凌晨提交的版本 / what was signed at night is returned", [](Stage& stage) {
        return return_version(
            stage, "gs.reviewer", "degree_points",
            {{{"rule", "账号安全"},
              {"text",
               "10月24日02:"
               "14的提交并非本人所为；口令曾随附件2纸质发放，现已更换，请本人核对后重新提交"}}});
      });
}

// Incident 18. One department, two persons: the first delivers a part late and leaves; the second
// submits late. Each fact stays with the person whose act it was.
void successor(ActList& acts) {
  acts.add("10-19 09:00", "教务处请国际处提供留学生数 / Academic Affairs asks for a part",
           [](Stage& stage) {
             return done(stage.act("aa.filler", "POST",
                                   stage.table_path("student_headcount", "/assists"),
                                   {{"part", "int_part"},
                                    {"department", "INT"},
                                    {"due", on("10-21 18:00")},
                                    {"text", "请提供九月三十日在校留学生数"}}));
           });
  acts.add(
      "10-22 16:40", "国际处逾期提供 / the first data officer delivers late", [](Stage& stage) {
        return done(stage.act("int.filler", "POST",
                              stage.table_path("student_headcount", "/assists/int_part/deliver"),
                              json::object()));
      });
  acts.add("10-23 17:30", "国际处填报账号关闭 / the data officer's account is closed",
           [](Stage& stage) {
             return done(stage.act("admin", "POST", "/v1/accounts/int.filler/close",
                                   {{"reason", "岗位调整，10月23日起不再担任数据采集员"}}));
           });
  acts.add(
      "10-26 08:30", "国际处新数据采集员到任 / a new data officer begins",
      [](Stage& stage) -> Result<void> {
        CS_TRY(const json opened,
               stage.act("admin", "POST", "/v1/accounts",
                         {{"id", "int.filler2"},
                          {"person", {{"id", "p-0201"}, {"name", "陶嘉溪"}, {"department", "INT"}}},
                          {"hats", {{{"role", "filler"}, {"department", "INT"}}}}}));
        return stage.replace_password("admin", "int.filler2", demo_password("int.filler2"));
      });
}

std::string person_of(const ledger::CampaignDefinition& campaign, const std::string& account) {
  for (const auto& one : campaign.accounts) {
    if (one.id.value == account) return one.person.value;
  }
  return {};
}

std::vector<Act> incident_acts(const ledger::CampaignDefinition& campaign,
                               const SyntheticSchool& school) {
  ActList acts;
  repeated_and_late(acts, campaign, school);
  returns_and_changes(acts, campaign);
  returned_twice(acts);
  two_persons(acts, campaign, school);
  extensions(acts);
  needless_request(acts);
  sign_off_at_night(acts);
  successor(acts);
  exports(acts);
  degree_corrected(acts);
  named_in_bulletin(acts);
  preparations(acts, campaign);
  wrong_rule(acts);
  wrong_unit(acts, campaign, school);
  two_teachers(acts);
  rectification_plans(acts);
  final_weeks(acts);
  return std::move(acts).take();
}

}  // namespace countersign::tools
