#include "tools/demo/plausible_values.h"
#include "tools/demo/references.h"
#include "tools/demo/table_rows.h"

#include <array>

namespace countersign::tools {

using ledger::Cells;

namespace {

constexpr std::size_t kLeaders = 9;
constexpr std::size_t kGraduateDegrees = 912;
constexpr std::size_t kSeniorTitles = 421;
constexpr std::size_t kLongContracts = 208;  // six months or more

void put_own_unit(Cells& cells, const SchoolBase::Person& one) {
  put_unit(cells, one.unit_no, one.unit_name);
}

void staff_basic(const SchoolBase& base, std::size_t i, Random& random, Cells& cells) {
  const auto& one = base.staff[i];
  put_person(cells, one);
  cells["name"] = one.name;
  put_own_unit(cells, one);
  cells["born"] = month(random, 1961, 34);
  cells["joined"] = month(random, 1990, 30);
  cells["status"] = "在职";
  const bool graduate = i < kGraduateDegrees;
  cells["education"] = graduate ? (i % 3 == 0 ? "博士研究生" : "硕士研究生") : "大学本科";
  cells["degree"] = graduate ? (i % 3 == 0 ? "博士" : "硕士") : "学士";
  const bool senior = i < kSeniorTitles;
  cells["title"] = senior ? (i % 4 == 0 ? "教授" : "副教授") : one.teaches ? "讲师" : "未评级";
  cells["discipline"] = "教育学";
  cells["ethnicity"] = i % 9 == 0 ? "土家族" : "汉族";
}

void staff_teaching(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  const auto& one = base.staff[i];
  put_person(cells, one);
  cells["name"] = one.name;
  cells["teaching_kind"] = one.teaches ? "专业课" : "无任教";
  cells["teaching_since"] = std::to_string(1995 + i % 25);
  cells["is_dual_qualified"] = one.teaches && i % 6 == 0 ? "是" : "否";
  cells["is_lab_technician"] = one.teaches ? "否" : i % 11 == 0 ? "是" : "否";
  cells["supervisor_kind"] = i < 120 ? "硕士导师" : "无";
  cells["phd_students"] = "0";
  cells["master_students"] = i < 120 ? "2" : "0";
}

void external_teachers(const SchoolBase& base, std::size_t i, Random& random, Cells& cells) {
  put_person(cells, base.external[i]);
  cells["name"] = base.external[i].name;
  put_own_unit(cells, base.external[i]);
  cells["born"] = month(random, 1958, 34);
  cells["status"] = "在聘";
  cells["contract_months"] = i < kLongContracts ? "12" : "4";
  cells["region"] = "境内";
}

void leaders(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  put_person(cells, base.staff[kFullTimeTeachers + i]);
  cells["name"] = base.staff[kFullTimeTeachers + i].name;
  cells["post"] = i == 0 ? "党委书记" : i == 1 ? "校长" : "副校长";
  cells["portfolio"] = numbered("分管工作第", 0, i + 1, "组");
}

void managers(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  const auto& one = base.staff[kFullTimeTeachers + kLeaders + i];
  put_person(cells, one);
  cells["name"] = one.name;
  put_own_unit(cells, one);
  cells["manager_kind"] = i % 2 == 0 ? "学生管理" : "教学管理";
  cells["post"] = i % 2 == 0 ? "辅导员" : "科员";
}

void staff_training(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  put_person(cells, base.staff[i % kFullTimeTeachers]);
  cells["start_month"] = i < kFullTimeTeachers ? "2019-09" : "2020-03";
  cells["end_month"] = i < kFullTimeTeachers ? "2019-12" : "2020-06";
}

void teacher_dev_units(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  // The Teacher Development Centre, and the body that the School of Teacher Education runs.
  const auto& unit = i == 0 ? base.office(17) : base.college(7);
  put_unit(cells, unit.unit_no, unit.name.zh);
  cells["level"] = i == 0 ? "校级" : "省级";
}

void research_projects(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["grant_no"] = numbered("KY2019", 4, i + 1);
  cells["project_name"] = numbered("科研项目", 3, i + 1);
  const bool contract = i % 5 == 0;
  cells["project_kind"] = contract ? "横向" : "纵向";
  cells["vertical_category"] = contract ? "无" : i % 7 == 0 ? "国家级" : "省部级";
}

void key_disciplines(const SchoolBase&, std::size_t, Random&, Cells& cells) {
  cells["level"] = "省部级";
}

void degree_points(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["point_kind"] = i < 3 ? "一级学科硕士点" : "专业学位硕士点";
}

constexpr std::array<TableRows, 21> kStaffTables = {{
    {"staff_basic", kStaff, &staff_basic},
    {"staff_teaching", kStaff, &staff_teaching},
    {"external_teachers", kExternal, &external_teachers},
    {"hospital_staff", 0},
    {"leaders", kLeaders, &leaders},
    {"managers", 390, &managers},
    {"top_talent", 38},
    {"top_teams", 16},
    {"teacher_dev_units", 2, &teacher_dev_units},
    {"staff_training", 1250, &staff_training},
    {"research_projects", 460, &research_projects},
    {"research_awards", 32},
    {"papers", 980},
    {"books", 72},
    {"patents", 210},
    {"textbooks", 34},
    {"tech_transfer", 40},
    {"postdoc_stations", 0},
    {"degree_points", 9, &degree_points},
    {"key_disciplines", 12, &key_disciplines},
    {"strong_majors", 26},
}};

}  // namespace

std::span<const TableRows> staff_rows() { return kStaffTables; }

}  // namespace countersign::tools
