#include "tools/demo/plausible_values.h"
#include "tools/demo/references.h"
#include "tools/demo/table_rows.h"

#include <array>

namespace countersign::tools {

using ledger::Cells;

namespace {

void campuses(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  constexpr std::array<const char*, 3> kNames = {"江北校区", "江南校区", "云溪校区"};
  cells["campus_name"] = kNames[i];
  cells["campus_kind"] = i == 0 ? "主校区" : "分校区";
  cells["location"] = "江畔市";
  cells["address"] = std::string(kNames[i]) + "师院路" + numbered("", 0, 10 * i + 1, "号");
}

void admin_units(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  const bool office = i < kOffices;
  put_unit(cells, std::to_string(101 + i),
           office ? base.office(i).name.zh : numbered("直属中心", 2, i + 1));
  cells["unit_head"] = base.staff[kFullTimeTeachers + i].name;
}

void academic_units(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  const bool college = i < kColleges;
  put_unit(cells, std::to_string(201 + i),
           college ? base.college(i).name.zh : numbered("研究所", 2, i + 1));
  cells["unit_head"] = base.staff[i].name;
  cells["unit_function"] = college ? "教学院系" : "科研机构";
}

void majors(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  const auto& major = base.majors[i];
  cells["catalogue_name"] = major.name;
  cells["catalogue_code"] = numbered("05", 4, 101 + i);
  cells["catalogue_version"] = "2012";
  put_unit(cells, major.unit_no, major.unit_name);
  cells["founded_year"] = std::to_string(1978 + i % 42);
  cells["length_years"] = "4";
  cells["max_years"] = "6";
  cells["enrolment_state"] = "在招";
  cells["is_new"] = i % 42 >= 39 ? "是" : "否";
  cells["teacher_education"] = i < kTeacherEducationMajors ? "S" : "无";
}

// Eight groups of three majors, each of one college.
void major_categories(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  const std::size_t group = i / 3;
  const auto& college = base.college(group);
  cells["category_code"] = numbered("D", 2, group + 1);
  cells["category_name"] = college.name.zh + "大类";
  cells["split_term"] = "第一学年末";
  cells["unit_no"] = college.unit_no;
  put_major(cells, base.majors[group + i % 3 * kColleges], "member_");
}

void labs(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["area_m2"] = std::to_string(80 + i % 13 * 30);
}

void lab_equipment(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["item_name"] = numbered("仪器设备", 3, i % 700 + 1, "型");
  cells["item_no"] = numbered("Y", 6, i + 1);
  cells["unit_price_yuan"] = std::to_string(1000 + i % 97 * 180);
}

// Every site serves two majors.
void practice_sites(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  const std::size_t site = i / 2;
  cells["site_no"] = numbered("S", 4, site + 1);
  cells["site_name"] = numbered("实习实训基地", 3, site + 1);
  cells["founded_year"] = std::to_string(2008 + site % 12);
  put_unit(cells, base.college(site).unit_no, base.college(site).name.zh);
}

constexpr std::array<TableRows, 10> kProfileTables = {{
    {"campuses", 3, &campuses},
    {"admin_units", 30, &admin_units},
    {"academic_units", 24, &academic_units},
    {"majors", kMajors, &majors},
    {"major_categories", 24, &major_categories},
    {"labs", kLabs, &labs},
    {"research_bases", 22},
    {"practice_sites", 620, &practice_sites},
    {"lab_equipment", 11500, &lab_equipment},
    {"demo_centres", 6},
}};

}  // namespace

std::span<const TableRows> profile_rows() { return kProfileTables; }

}  // namespace countersign::tools
