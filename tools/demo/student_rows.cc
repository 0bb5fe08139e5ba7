#include "tools/demo/plausible_values.h"
#include "tools/demo/references.h"
#include "tools/demo/table_rows.h"

#include <array>

namespace countersign::tools {

using ledger::Cells;

namespace {

constexpr std::size_t kOverseasStudents = 60;
constexpr std::array<const char*, 34> kProvinces = {
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海",
    "江苏", "浙江", "安徽", "福建", "江西",   "山东", "河南", "湖北",   "湖南",
    "广东", "广西", "海南", "重庆", "四川",   "贵州", "云南", "西藏",   "陕西",
    "甘肃", "青海", "宁夏", "新疆", "香港",   "澳门", "台湾"};

// Colleges of the arts majors, and of the sports majors, by position.
constexpr std::size_t kMusic = 12;
constexpr std::size_t kArt = 13;
constexpr std::size_t kSports = 14;
constexpr std::size_t kMedia = 17;

std::string level_of(std::size_t i, std::size_t international, std::size_t national) {
  return i < international ? "国际级" : i < international + national ? "国家级" : "省部级";
}

void undergraduates(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  put_major(cells, base.majors[i % kMajors]);
  put_student(cells, base.students[i]);
  cells["origin_kind"] = i < kOverseasStudents ? "留学生" : "境内";
  cells["grade"] = std::to_string(base.students[i].grade);
  cells["entry_year"] = std::to_string(base.students[i].entered);
}

void major_transfers(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  put_major(cells, base.majors[i % kMajors], "from_");
  put_major(cells, base.majors[(i + 1) % kMajors], "to_");
}

void admission_scores(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["province"] = kProvinces[i / 2];
  cells["batch"] = "一批";
  cells["major_scope"] = i % 2 == 0 ? "师范" : "非师范";
  cells["note"] = "无";
}

// Sums to admission_kinds: 4,950 planned and admitted, 4,815 reported.
void admission_by_major(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  constexpr std::size_t kStayedAway = 135;
  put_major(cells, base.majors[i / kProvinces.size()]);
  cells["province"] = kProvinces[i % kProvinces.size()];
  cells["batch"] = "一批";
  cells["planned"] = "3";
  cells["admitted"] = "3";
  cells["first_choice"] = std::to_string(1 + i % 3);
  cells["reported"] = i % 12 == 0 && i / 12 < kStayedAway ? "2" : "3";
  cells["note"] = "无";
}

// Sums to graduate_destinations: 4,681 graduates.
void graduates_by_major(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["graduates"] = std::to_string(45 + i);
  cells["not_on_time"] = std::to_string(i % 5);
  cells["degrees"] = std::to_string(45 + i - i % 5);
  cells["employed"] = std::to_string(38 + i - i % 7);
}

// 350 projects of four students each, at the levels that entrepreneurship_education counts.
void innovation_projects(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  const std::size_t project = i / 4;
  cells["project_no"] = numbered("CX2020", 4, project + 1);
  cells["project_name"] = numbered("大学生创新创业训练项目", 3, project + 1);
  cells["level"] = project < 58 ? "国家级" : project < 58 + 126 ? "省部级" : "校级";
}

void students_in_research(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  const std::size_t project = i / 2;
  cells["project_no"] = numbered("KY2019", 4, project + 1);
  cells["project_name"] = numbered("科研项目", 3, project + 1);
  put_person(cells, base.teacher(project), "leader_");
}

// The levels of the awards add up to what learning_outcomes reports.
void contest_awards(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["level"] = level_of(i, 6, 314);
}
void arts_awards(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  put_student(cells, base.student_of({kMusic, kArt, kMedia}, i));
  cells["contest_name"] = "大学生艺术展演";
  cells["level"] = level_of(i, 1, 48);
}
void sports_awards(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  put_student(cells, base.student_of({kSports}, i));
  cells["contest_name"] = "大学生田径锦标赛";
  cells["level"] = level_of(i, 0, 20);
}
void student_works(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  put_student(cells, base.student_of({kMusic, kMedia}, i));
}

void student_exchange(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["outgoing"] = std::to_string(3 + i % 9);
  cells["outgoing_abroad"] = std::to_string(i % 3);
  cells["incoming"] = std::to_string(2 + i % 5);
  cells["incoming_abroad"] = std::to_string(i % 2);
}

constexpr std::array<TableRows, 15> kStudentTables = {{
    {"undergraduates", kStudents, &undergraduates},
    {"major_transfers", 340, &major_transfers},
    {"double_degrees", 260},
    {"admission_scores", 58, &admission_scores},
    {"admission_by_major", 1650, &admission_by_major},
    {"graduates_by_major", 62, &graduates_by_major},
    {"student_innovation_projects", 1400, &innovation_projects},
    {"students_in_research", 420, &students_in_research},
    {"student_contest_awards", 1300, &contest_awards},
    {"arts_contest_awards", 260, &arts_awards},
    {"sports_contest_awards", 95, &sports_awards},
    {"student_papers", 110},
    {"student_works", 140, &student_works},
    {"student_patents", 70},
    {"student_exchange", 36, &student_exchange},
}};

}  // namespace

std::span<const TableRows> student_rows() { return kStudentTables; }

}  // namespace countersign::tools
