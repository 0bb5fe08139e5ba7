#include "tools/demo/incidents.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

void returns_and_changes(ActList& acts, const ledger::CampaignDefinition& campaign) {
  acts.add("11-03 16:00", "图书馆审核人外出，书面委托 / the Library's reviewer lends her hat",
           [to = person_of(campaign, "it.reviewer")](Stage& stage) {
             return done(stage.act("lib.reviewer", "POST", stage.campaign_path("/delegations"),
                                   {{"role", "reviewer"},
                                    {"department", "LIB"},
                                    {"to", to},
                                    {"until", on("11-08 23:59")},
                                    {"reason", "外出参会，委托信息中心审核人代为审核"}}));
           });

  // Returned at first review, with reasons that name cells; corrected and passed.
  acts.add("10-29 09:30", "评估中心退回经费收支表 / the Centre returns the funding detail",
           [](Stage& stage) -> Result<void> {
             CS_TRY(const json version,
                    stage.ask("centre.4", stage.table_path("funding_detail", "/version")));
             return done(stage.act(
                 "centre.4", "POST", stage.table_path("funding_detail", "/returns"),
                 {{"level", "first_review"},
                  {"version", {{"number", version.at("number")}, {"hash", version.at("hash")}}},
                  {"due", on("11-02 18:00")},
                  {"reasons",
                   {{{"row", "1"},
                     {"column", "practice_spend"},
                     {"text", "实践教学支出与决算报表不一致"}},
                    {{"rule", "W06"}, {"text", "请核对实验与实习经费之和"}}}}}));
           });
  acts.add("10-30 10:30", "财务处更正 / Finance corrects", [](Stage& stage) {
    return done(
        stage.act("fin.filler", "PATCH", stage.table_path("funding_detail", "/rows/1"),
                  {{"cells", {{"practice_spend", "1196"}, {"teaching_spend_total", "8332"}}},
                   {"reason", "按决算报表更正"}}));
  });
  acts.add("10-30 14:00", "财务处再次提交 / Finance submits again",
           [](Stage& stage) { return done(stage.submit("fin.filler", "funding_detail")); });
  acts.approval("10-30 15:10", "fin.reviewer", "funding_detail", "department_review");
  acts.approval("10-30 16:10", "fin.head", "funding_detail", "head_signature");
  acts.approval("11-02 09:30", "centre.4", "funding_detail", "first_review");

  // An assisting department that delivers two days late.
  acts.add(
      "10-20 10:00", "人事处请教务处提供任教信息 / HR asks Academic Affairs for its part",
      [](Stage& stage) {
        return done(stage.act("hr.filler", "POST", stage.table_path("staff_teaching", "/assists"),
                              {{"part", "aa_part"},
                               {"department", "AA"},
                               {"due", on("10-24 18:00")},
                               {"text", "请核对任教专业与任教类型"}}));
      });
  acts.add("10-26 17:40", "教务处逾期提供 / Academic Affairs delivers late", [](Stage& stage) {
    return done(stage.act("aa.filler", "POST",
                          stage.table_path("staff_teaching", "/assists/aa_part/deliver"),
                          json::object()));
  });

  // A value changes after the first review, and a signature is left behind by a later change.
  acts.add(
      "11-04 20:15", "国资处初审后改数 / a value changes after the first review", [](Stage& stage) {
        return done(
            stage.act("am.filler", "PATCH", stage.table_path("fixed_assets", "/rows/1"),
                      {{"cells", {{"equipment_new", "1026"}}}, {"reason", "补录十月验收设备"}}));
      });
  acts.add("11-05 17:30", "图书馆签字后改数 / the Library changes a figure after its head signed",
           [](Stage& stage) {
             return done(stage.act(
                 "lib.filler", "PATCH", stage.table_path("library", "/rows/1"),
                 {{"cells", {{"paper_books", "1986200"}}}, {"reason", "补登十月到馆图书"}}));
           });
}

void repeated_and_late(ActList& acts, const ledger::CampaignDefinition& campaign,
                       const SyntheticSchool& school) {
  // Incident 4: the whole sheet again, 8 rows of 1,680 differ. Only these are changes. The head
  // had signed version 1; version 2 goes through the chain again.
  acts.add(
      "10-16 09:30", "HR 重新导入 1680 行，8 行有变 / HR imports 1,680 rows again, 8 differ",
      [&school, &campaign](Stage& stage) -> Result<void> {
        auto rows = school.rows("staff_basic");
        // Of the offices, so that as many teach as before.
        for (std::size_t i = 0; i < 8; ++i) rows[1440 + i * 30]["status"] = "当年离职";
        const auto* table = campaign.table(ledger::TableKey("staff_basic"));
        CS_TRY(const json reply,
               stage.import("hr.filler", "staff_basic", SyntheticSchool::sheet(*table, rows),
                            "九月离职人员核对后更正"));
        const auto& import = reply.at("import");
        if (import.at("identical") != 1672 || import.at("changed") != 8) {
          return Error{Errc::conflict, "the second import is not 1,672 identical and 8 changed"};
        }
        return {};
      });
  acts.add("10-19 10:00", "HR 提交第 2 版 / HR submits version 2",
           [](Stage& stage) { return done(stage.submit("hr.filler", "staff_basic")); });
  acts.approval("10-19 15:00", "hr.reviewer", "staff_basic", "department_review");
  acts.approval("10-20 09:00", "hr.head", "staff_basic", "head_signature");
  acts.approval("10-20 16:00", "centre.4", "staff_basic", "first_review");

  // Incident 5: a college's program sends the same post twice; its key makes it one.
  acts.add("10-13 10:00", "计算机学院同一请求发送两次 / a college posts the same rows twice",
           [](Stage& stage) -> Result<void> {
             const json body = {{"rows",
                                 {{{"cells",
                                    {{"lab_code", "L9001"},
                                     {"lab_name", "人工智能实践室"},
                                     {"unit_name", "计算机学院"},
                                     {"unit_no", "207"},
                                     {"lab_kind", "专业实验室"},
                                     {"is_joint", "否"},
                                     {"area_m2", "120"}}}}}},
                                {"reason", "十月新建"}};
             const Headers key{{"Idempotency-Key", "c07-labs-2020-10-13"}};
             CS_TRY(const json first,
                    stage.act("c07.filler", "POST", stage.table_path("labs", "/rows"), body, key));
             CS_TRY(const json second,
                    stage.act("c07.filler", "POST", stage.table_path("labs", "/rows"), body, key));
             if (second.at("first_index") != first.at("first_index") || !second.at("repeated")) {
               return Error{Errc::conflict, "the repeated post was recorded twice"};
             }
             return {};
           });

  // Incident 17: the client's clock says 23:59 of the due day; the server received it at 00:12.
  acts.add("11-06 00:12",
           "教务处提交转专业表，客户端自称 11-05 23:59 / claimed before, received after",
           [](Stage& stage) {
             return done(stage.submit("aa.filler", "major_transfers",
                                      {{"Countersign-Claimed-At", on("11-05 23:59")}}));
           });
}

}  // namespace countersign::tools
