#include "tools/demo/script.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// "10-12 09:10" of autumn 2020 on the campus.
std::string on(const std::string& day_and_time) {
  return "2020-" + day_and_time.substr(0, 5) + "T" + day_and_time.substr(6) + ":00+08:00";
}

Result<void> done(Result<json> reply) {
  if (!reply) return std::move(reply).error();
  return {};
}

// When a table takes which step; an empty instant: it never does.
struct Schedule {
  const char* table;
  const char* filled;
  const char* submitted;
  const char* passed;
  const char* signed_off;
  const char* reviewed;
};

// Incident 1 is in the first four lines: academic_units passes two days after it was due, so
// majors and staff_basic start late, are late themselves, and owe nothing for it.
constexpr Schedule kSchedules[] = {
    {"admin_units", "09-30 10:20", "10-09 09:00", "10-09 15:30", "10-09 16:40", "10-12 14:00"},
    {"academic_units", "10-10 16:00", "10-11 17:30", "10-12 09:10", "10-12 10:00", "10-12 15:00"},
    {"majors", "10-13 11:00", "10-14 10:00", "10-14 15:00", "10-14 16:00", "10-15 15:00"},
    {"staff_basic", "10-15 08:40", "10-15 11:00", "10-15 14:20", "10-15 16:00", ""},
    {"external_teachers", "10-12 14:30", "10-14 09:20", "10-14 11:00", "10-14 14:10",
     "10-15 16:00"},
    {"labs", "10-12 15:40", "10-14 16:00", "10-14 17:20", "10-14 17:50", "10-15 16:30"},
    {"undergraduates", "10-15 09:30", "10-15 17:00", "10-15 19:30", "10-15 20:10", "10-16 11:00"},
    {"staff_teaching", "10-20 09:00", "10-29 10:00", "10-29 15:00", "10-30 09:00", "11-02 10:00"},
    {"land_buildings", "10-21 10:00", "11-02 10:00", "11-02 15:00", "11-03 09:00", "11-03 16:00"},
    {"teaching_admin_space", "10-21 10:30", "11-03 10:00", "11-03 15:00", "11-04 09:00",
     "11-04 16:00"},
    {"library", "10-22 09:00", "11-04 10:00", "11-04 15:00", "11-05 09:00", ""},
    {"library_growth", "10-22 09:30", "10-29 11:00", "10-29 16:00", "10-30 10:00", "11-02 11:00"},
    {"fixed_assets", "10-22 14:00", "11-02 11:00", "11-02 16:00", "11-03 10:00", "11-03 17:00"},
    {"lab_equipment", "10-23 09:00", "11-03 14:00", "11-03 16:30", "11-04 09:30", "11-04 17:00"},
    {"funding_overview", "10-23 10:00", "11-04 14:00", "11-04 16:30", "11-05 09:30", "11-05 15:00"},
    {"funding_detail", "10-23 10:30", "10-28 10:00", "10-28 15:00", "10-28 16:00", ""},
    {"student_life", "10-23 11:00", "11-03 09:30", "11-03 15:10", "11-03 17:10", "11-04 10:00"},
    {"leaders", "10-26 09:00", "11-03 11:00", "11-03 17:20", "11-04 10:10", "11-04 17:30"},
    {"managers", "10-26 10:00", "11-04 11:00", "11-04 17:20", "11-05 10:10", "11-05 16:00"},
    {"staff_training", "10-26 11:00", "10-29 14:00", "10-29 17:00", "10-30 11:00", "11-02 14:00"},
    {"discipline_overview", "10-26 14:00", "11-02 14:00", "11-02 17:00", "11-03 11:00",
     "11-04 11:00"},
    {"curricula", "10-27 09:00", "", "", "", ""},
    {"course_sections", "10-24 09:00", "10-30 09:00", "10-30 15:00", "10-30 17:00", "11-02 15:00"},
    {"major_course_delivery", "11-02 09:00", "11-05 09:40", "11-05 14:00", "11-05 15:30", ""},
    {"capstone_by_major", "10-27 10:00", "10-30 10:00", "10-30 15:30", "10-30 17:20",
     "11-02 16:00"},
    {"capstone_supervision", "10-27 11:00", "11-03 10:30", "11-03 15:40", "11-03 17:30",
     "11-04 15:00"},
    {"student_headcount", "10-27 14:00", "11-04 09:00", "11-04 15:30", "11-04 17:40",
     "11-05 14:30"},
    {"major_transfers", "11-05 16:00", "", "", "", ""},
    {"admission_by_major", "10-28 09:00", "10-30 16:00", "10-30 17:30", "10-30 18:00",
     "11-03 10:00"},
    {"student_aid", "10-28 10:00", "11-04 15:20", "11-04 16:10", "11-04 17:00", "11-05 15:20"},
    {"graduates_by_major", "10-28 11:00", "11-03 15:00", "11-03 17:40", "11-04 11:00",
     "11-05 10:20"},
    {"teaching_evaluation", "10-28 14:00", "11-05 10:00", "11-05 14:20", "11-05 16:10", ""},
    {"teaching_reform_projects", "10-28 15:00", "10-30 11:00", "10-30 16:20", "10-30 17:40",
     "11-03 11:00"},
    {"sf_training", "10-28 16:00", "11-02 16:00", "11-02 17:30", "11-03 11:30", "11-04 15:30"},
};

class Script {
 public:
  Script(const ledger::CampaignDefinition& campaign, const SyntheticSchool& school)
      : campaign_(campaign), school_(school) {}

  std::vector<Act> acts() {
    office_acts();
    for (const Schedule& one : kSchedules) table_acts(one);
    incidents();
    returns_and_changes();
    std::stable_sort(acts_.begin(), acts_.end(),
                     [](const Act& a, const Act& b) { return a.instant < b.instant; });
    return std::move(acts_);
  }

 private:
  void add(const std::string& when, std::string title, std::function<Result<void>(Stage&)> run) {
    acts_.push_back({on(when), std::move(title), std::move(run)});
  }

  void office_acts() {
    add("09-25 09:00", "评估中心分配 34 张表 / the Centre assigns 34 tables", [](Stage& stage) {
      return done(
          stage.act("centre.2", "POST", stage.campaign_path("/assignments"), json::object()));
    });
    for (const auto& [when, phase] :
         {std::pair("09-30 08:00", "base_entry"), std::pair("10-12 08:00", "full_collection")}) {
      add(when, std::string("开放阶段 / phase opens: ") + phase, [phase](Stage& stage) {
        return done(stage.act("centre.2", "POST",
                              stage.campaign_path(std::string("/phases/") + phase + "/open"),
                              json::object()));
      });
    }
    add("10-20 18:00", "关闭基础数据阶段 / the base phase closes", [](Stage& stage) {
      return done(stage.act("centre.2", "POST", stage.campaign_path("/phases/base_entry/close"),
                            json::object()));
    });
    add("11-02 17:00", "学生工作部获准延期 / Student Affairs is granted an extension",
        [](Stage& stage) {
          return done(stage.act("centre.3", "POST", stage.campaign_path("/extensions"),
                                {{"tables", {"student_aid"}},
                                 {"due", on("11-04 23:59")},
                                 {"reason", "资助系统数据迁移，十一月二日下午停机"}}));
        });
    add("11-04 09:30", "事后申请延期被拒 / an extension asked for afterwards is refused",
        [](Stage& stage) -> Result<void> {
          CS_TRY(const Reply reply,
                 stage.send("centre.3", "POST", stage.campaign_path("/extensions"),
                            json{{"tables", {"student_life"}},
                                 {"due", on("11-06 23:59")},
                                 {"reason", "未及时填报"}}
                                .dump()));
          if (reply.status >= 400) return {};
          return Error{Errc::conflict, "an extension after the due instant was granted"};
        });
    add("11-03 16:00", "图书馆审核人外出，书面委托 / the Library's reviewer lends her hat",
        [to = person_of("it.reviewer")](Stage& stage) {
          return done(stage.act("lib.reviewer", "POST", stage.campaign_path("/delegations"),
                                {{"role", "reviewer"},
                                 {"department", "LIB"},
                                 {"to", to},
                                 {"until", on("11-08 23:59")},
                                 {"reason", "外出参会，委托信息中心审核人代为审核"}}));
        });
  }

  std::string person_of(const std::string& account) const {
    for (const auto& one : campaign_.accounts) {
      if (one.id.value == account) return one.person.value;
    }
    return {};
  }

  void table_acts(const Schedule& one) {
    const std::string table = one.table;
    const std::string owner = lower(campaign_.table(ledger::TableKey(table))->owner.value);
    add(one.filled, owner + " 填报 / fills " + table,
        [&school = school_, table, owner](Stage& stage) {
          return done(stage.import(owner + ".filler", table, school.sheet(table)));
        });
    if (*one.submitted != '\0') {
      add(one.submitted, owner + " 提交 / submits " + table,
          [table, owner](Stage& stage) { return done(stage.submit(owner + ".filler", table)); });
    }
    // The Library's passes of November are made by the delegate.
    const bool delegated = table == "library";
    const std::string reviewer = delegated ? "it.reviewer" : owner + ".reviewer";
    add_approval(one.passed, reviewer, table, "department_review");
    add_approval(one.signed_off, owner + ".head", table, "head_signature");
    add_approval(one.reviewed, "centre.4", table, "first_review");
  }

  void add_approval(const std::string& when, const std::string& account, const std::string& table,
                    const std::string& level) {
    if (when.empty()) return;
    add(when, account + " " + level + " " + table, [account, table, level](Stage& stage) {
      return done(stage.approve(account, table, level));
    });
  }

  void incidents();
  void returns_and_changes();

  const ledger::CampaignDefinition& campaign_;
  const SyntheticSchool& school_;
  std::vector<Act> acts_;
};

void Script::incidents() {
  // Incident 4: the whole sheet again, 8 rows of 1,680 differ. Only these are changes. The head
  // had signed version 1; version 2 goes through the chain again.
  add("10-16 09:30", "HR 重新导入 1680 行，8 行有变 / HR imports 1,680 rows again, 8 differ",
      [&school = school_, &campaign = campaign_](Stage& stage) -> Result<void> {
        auto rows = school.rows("staff_basic");
        for (std::size_t i = 0; i < 8; ++i) rows[i * 200]["status"] = "当年离职";
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
  add("10-19 10:00", "HR 提交第 2 版 / HR submits version 2",
      [](Stage& stage) { return done(stage.submit("hr.filler", "staff_basic")); });
  add_approval("10-19 15:00", "hr.reviewer", "staff_basic", "department_review");
  add_approval("10-20 09:00", "hr.head", "staff_basic", "head_signature");
  add_approval("10-20 16:00", "centre.4", "staff_basic", "first_review");

  // Incident 5: a college's program sends the same post twice; its key makes it one.
  add("10-13 10:00", "计算机学院同一请求发送两次 / a college posts the same rows twice",
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
  add("11-06 00:12", "教务处提交转专业表，客户端自称 11-05 23:59 / claimed before, received after",
      [](Stage& stage) {
        return done(stage.submit("aa.filler", "major_transfers",
                                 {{"Countersign-Claimed-At", on("11-05 23:59")}}));
      });
}

void Script::returns_and_changes() {
  // Returned at first review, with reasons that name cells; corrected and passed.
  add("10-29 09:30", "评估中心退回经费收支表 / the Centre returns the funding detail",
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
  add("10-30 10:30", "财务处更正 / Finance corrects", [](Stage& stage) {
    return done(stage.act("fin.filler", "PATCH", stage.table_path("funding_detail", "/rows/1"),
                          {{"cells", {{"practice_spend", "1196"}}}, {"reason", "按决算报表更正"}}));
  });
  add("10-30 14:00", "财务处再次提交 / Finance submits again",
      [](Stage& stage) { return done(stage.submit("fin.filler", "funding_detail")); });
  add_approval("10-30 15:10", "fin.reviewer", "funding_detail", "department_review");
  add_approval("10-30 16:10", "fin.head", "funding_detail", "head_signature");
  add_approval("11-02 09:30", "centre.4", "funding_detail", "first_review");

  // An assisting department that delivers two days late.
  add("10-20 10:00", "人事处请教务处提供任教信息 / HR asks Academic Affairs for its part",
      [](Stage& stage) {
        return done(stage.act("hr.filler", "POST", stage.table_path("staff_teaching", "/assists"),
                              {{"part", "aa_part"},
                               {"department", "AA"},
                               {"due", on("10-24 18:00")},
                               {"text", "请核对任教专业与任教类型"}}));
      });
  add("10-26 17:40", "教务处逾期提供 / Academic Affairs delivers late", [](Stage& stage) {
    return done(stage.act("aa.filler", "POST",
                          stage.table_path("staff_teaching", "/assists/aa_part/deliver"),
                          json::object()));
  });

  // A value changes after the first review, and a signature is left behind by a later change.
  add("11-04 20:15", "国资处初审后改数 / a value changes after the first review", [](Stage& stage) {
    return done(
        stage.act("am.filler", "PATCH", stage.table_path("fixed_assets", "/rows/1"),
                  {{"cells", {{"equipment_new", "1026"}}}, {"reason", "补录十月验收设备"}}));
  });
  add("11-05 17:30", "图书馆签字后改数 / the Library changes a figure after its head signed",
      [](Stage& stage) {
        return done(
            stage.act("lib.filler", "PATCH", stage.table_path("library", "/rows/1"),
                      {{"cells", {{"paper_books", "1986200"}}}, {"reason", "补登十月到馆图书"}}));
      });
}

}  // namespace

std::vector<Act> campaign_script(const ledger::CampaignDefinition& campaign,
                                 const SyntheticSchool& school) {
  return Script(campaign, school).acts();
}

}  // namespace countersign::tools
