#include "tools/demo/synthetic_school.h"

#include "ledger/base/result.h"
#include "tools/demo/single_records.h"

#include <array>
#include <map>

namespace countersign::tools {

using ledger::Cells;
using ledger::Column;
using ledger::ColumnType;
using ledger::TableDefinition;

namespace {

constexpr std::size_t kStaff = 1680;
constexpr std::size_t kFullTimeTeachers = 1040;
constexpr std::size_t kGraduateDegrees = 912;
constexpr std::size_t kSeniorTitles = 421;
constexpr std::size_t kLeaders = 9;
constexpr std::size_t kExternal = 320;
constexpr std::size_t kLongContracts = 208;
constexpr std::size_t kMajors = 68;
constexpr std::size_t kTeacherEducationMajors = 19;
constexpr std::size_t kStudents = 19260;
constexpr std::size_t kOverseasStudents = 60;
constexpr std::size_t kColleges = 18;
constexpr std::size_t kOffices = 20;
constexpr std::size_t kAcademicUnits = 24;
constexpr std::size_t kLabs = 260;
constexpr std::size_t kSections = 8600;

const std::map<std::string, std::size_t>& row_counts() {
  static const std::map<std::string, std::size_t> kCounts = {
      {"admin_units", 30},
      {"academic_units", kAcademicUnits},
      {"majors", kMajors},
      {"staff_basic", kStaff},
      {"staff_teaching", kStaff},
      {"external_teachers", kExternal},
      {"undergraduates", kStudents},
      {"labs", kLabs},
      {"lab_equipment", 11500},
      {"leaders", kLeaders},
      {"managers", 390},
      {"staff_training", 1250},
      {"curricula", kMajors},
      {"course_sections", kSections},
      {"major_course_delivery", 9800},
      {"capstone_by_major", 60},
      {"capstone_supervision", 1050},
      {"major_transfers", 340},
      {"admission_by_major", 1650},
      {"graduates_by_major", 62},
      {"teaching_reform_projects", 130},
      {"sf_training", kTeacherEducationMajors}};
  return kCounts;
}

constexpr std::array<const char*, 24> kSurnames = {"安", "白", "程", "邓", "方", "高", "何", "江",
                                                   "柯", "林", "马", "倪", "彭", "秦", "任", "石",
                                                   "唐", "汪", "夏", "徐", "严", "叶", "张", "朱"};
constexpr std::array<const char*, 30> kGiven = {
    "安", "柏", "晨", "初", "岱", "朵", "帆", "谷", "禾", "嘉", "景", "康", "澜", "黎", "茗",
    "宁", "佩", "青", "然", "若", "森", "棠", "婉", "溪", "岩", "依", "雨", "远", "悦", "泽"};
constexpr std::array<const char*, 34> kProvinces = {
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海",
    "江苏", "浙江", "安徽", "福建", "江西",   "山东", "河南", "湖北",   "湖南",
    "广东", "广西", "海南", "重庆", "四川",   "贵州", "云南", "西藏",   "陕西",
    "甘肃", "青海", "宁夏", "新疆", "香港",   "澳门", "台湾"};

// std::uniform_int_distribution gives other numbers with other libraries.
std::size_t below(std::mt19937_64& random, std::size_t count) { return random() % count; }

// FNV-1a, 64 bits: std::hash differs between libraries.
std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

// "实验室007": a number of fixed width (0: as it is) between two texts.
std::string numbered(const std::string& before, std::size_t width, std::size_t number,
                     const std::string& after = {}) {
  std::string digits = std::to_string(number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return before + digits + after;
}

std::string person_name(std::mt19937_64& random) {
  std::string name = kSurnames[below(random, kSurnames.size())];
  name += kGiven[below(random, kGiven.size())];
  if (below(random, 5) != 0) name += kGiven[below(random, kGiven.size())];
  return name;
}

std::string month(std::mt19937_64& random, std::size_t first_year, std::size_t years) {
  return std::to_string(first_year + below(random, years)) +
         numbered("-", 2, 1 + below(random, 12));
}

}  // namespace

SyntheticSchool::SyntheticSchool(const ledger::CampaignDefinition& campaign, std::uint64_t seed)
    : campaign_(campaign), seed_(seed) {
  Random random(seed);
  make_majors();
  make_staff(random);
  for (std::size_t i = 0; i < kStudents; ++i) {
    students_.push_back(numbered("2020", 6, i + 1).replace(2, 2, numbered("", 2, 17 + i % 4)));
  }
}

void SyntheticSchool::make_majors() {
  for (std::size_t i = 0; i < kMajors; ++i) {
    const auto& college = campaign_.departments[kOffices + i % kColleges];
    Major major;
    major.code = numbered("M", 3, i + 1);
    major.name = college.name.zh.substr(0, college.name.zh.size() - std::string("学院").size()) +
                 numbered("类专业", 2, i / kColleges + 1);
    major.unit_no = college.unit_no;
    major.unit_name = college.name.zh;
    major.teacher_education = i < kTeacherEducationMajors;
    majors_.push_back(std::move(major));
  }
}

void SyntheticSchool::make_staff(Random& random) {
  for (std::size_t i = 0; i < kStaff; ++i) {
    Staff one;
    one.teaches = i < kFullTimeTeachers;
    const auto& unit = one.teaches ? campaign_.departments[kOffices + i % kColleges]
                                   : campaign_.departments[i % kOffices];
    one.number = numbered("1", 5, i + 1);
    one.name = person_name(random);
    one.unit_no = unit.unit_no;
    one.unit_name = unit.name.zh;
    staff_.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < kExternal; ++i) {
    const auto& unit = campaign_.departments[kOffices + i % kColleges];
    external_.push_back(
        {numbered("W", 5, i + 1), person_name(random), unit.unit_no, unit.name.zh, true});
  }
}

// A plausible value for every column; the tables' own functions then put in what must agree.
void SyntheticSchool::fill_generic(const TableDefinition& table, Random& random,
                                   Cells& cells) const {
  for (const Column& column : table.columns) {
    std::string value;
    if (!column.allowed.empty()) {
      value = column.allowed[below(random, column.allowed.size())];
    } else {
      switch (column.type) {
        case ColumnType::text:
          value = numbered("示例", 2, below(random, 100));
          break;
        case ColumnType::long_text:
          value = numbered("培养方案要点第", 0, 1 + below(random, 40), "条");
          break;
        case ColumnType::integer:
          value = std::to_string(below(random, 60));
          break;
        case ColumnType::decimal:
          value = std::to_string(1 + below(random, 400)) + ".5";
          break;
        case ColumnType::year:
          value = std::to_string(2010 + below(random, 10));
          break;
        case ColumnType::month:
          value = month(random, 2000, 20);
          break;
      }
    }
    cells[column.key] = std::move(value);
  }
}

std::vector<Cells> SyntheticSchool::rows(const std::string& key) const {
  const TableDefinition* table = campaign_.table(ledger::TableKey(key));
  CS_ASSERT(table != nullptr);
  if (table->single_row) return {single_record(key)};
  // A generator of its own for each table, so that adding one leaves the others as they are.
  Random random(seed_ ^ fnv1a(key));
  std::vector<Cells> rows(row_counts().at(key));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    fill_generic(*table, random, rows[i]);
    academic_row(key, i, rows[i]);
    staff_row(key, i, random, rows[i]);
    teaching_row(key, i, random, rows[i]);
    student_row(key, i, random, rows[i]);
  }
  return rows;
}

void SyntheticSchool::put_major(Cells& cells, std::size_t i, const std::string& prefix) const {
  const Major& major = majors_[i % kMajors];
  cells[prefix + "major_code"] = major.code;
  cells[prefix + "major_name"] = major.name;
}

void SyntheticSchool::academic_row(const std::string& table, std::size_t i, Cells& cells) const {
  if (table == "admin_units") {
    const bool office = i < kOffices;
    cells["unit_no"] = std::to_string(101 + i);
    cells["unit_name"] = office ? campaign_.departments[i].name.zh : numbered("直属中心", 2, i + 1);
    cells["unit_head"] = staff_[kFullTimeTeachers + i].name;
  } else if (table == "academic_units") {
    const bool college = i < kColleges;
    cells["unit_no"] = std::to_string(201 + i);
    cells["unit_name"] =
        college ? campaign_.departments[kOffices + i].name.zh : numbered("研究所", 2, i + 1);
    cells["unit_head"] = staff_[i].name;
    cells["unit_function"] = college ? "教学院系" : "科研机构";
  } else if (table == "majors") {
    const Major& major = majors_[i];
    put_major(cells, i);
    cells["catalogue_name"] = major.name;
    cells["catalogue_code"] = numbered("05", 4, 101 + i);
    cells["catalogue_version"] = "2012";
    cells["unit_name"] = major.unit_name;
    cells["unit_no"] = major.unit_no;
    cells["founded_year"] = std::to_string(1978 + i % 42);
    cells["length_years"] = "4";
    cells["max_years"] = "6";
    cells["enrolment_state"] = "在招";
    cells["is_new"] = i % 42 >= 39 ? "是" : "否";
    cells["teacher_education"] = major.teacher_education ? "S" : "无";
  } else if (table == "labs") {
    const auto& college = campaign_.departments[kOffices + i % kColleges];
    cells["lab_code"] = numbered("L", 4, i + 1);
    cells["lab_name"] = numbered("实验室", 3, i + 1);
    cells["unit_name"] = college.name.zh;
    cells["unit_no"] = college.unit_no;
    cells["area_m2"] = std::to_string(80 + i % 13 * 30);
  } else if (table == "lab_equipment") {
    cells["lab_code"] = numbered("L", 4, i % kLabs + 1);
    cells["lab_name"] = numbered("实验室", 3, i % kLabs + 1);
    cells["item_name"] = numbered("仪器设备", 3, i % 700 + 1, "型");
    cells["item_no"] = numbered("Y", 6, i + 1);
    cells["unit_price_yuan"] = std::to_string(1000 + i % 97 * 180);
  }
}

void SyntheticSchool::staff_row(const std::string& table, std::size_t i, Random& random,
                                Cells& cells) const {
  const auto put_person = [&cells](const Staff& one, const char* name) {
    cells["staff_no"] = one.number;
    cells[name] = one.name;
  };
  const auto put_unit = [&cells](const Staff& one) {
    cells["unit_no"] = one.unit_no;
    cells["unit_name"] = one.unit_name;
  };
  if (table == "staff_basic") {
    const Staff& one = staff_[i];
    put_person(one, "name");
    put_unit(one);
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
  } else if (table == "staff_teaching") {
    const Staff& one = staff_[i];
    put_person(one, "name");
    const Major& major = majors_[i % kMajors];
    cells["teaching_kind"] = one.teaches ? "专业课" : "无任教";
    cells["teaching_major_name"] = major.name;
    cells["teaching_major_code"] = major.code;
    cells["teaching_since"] = std::to_string(1995 + i % 25);
    cells["is_lab_technician"] = one.teaches ? "否" : i % 11 == 0 ? "是" : "否";
    cells["supervisor_kind"] = i < 120 ? "硕士导师" : "无";
    cells["phd_students"] = "0";
    cells["master_students"] = i < 120 ? "2" : "0";
  } else if (table == "external_teachers") {
    put_person(external_[i], "name");
    put_unit(external_[i]);
    cells["born"] = month(random, 1958, 34);
    cells["status"] = "在聘";
    cells["contract_months"] = i < kLongContracts ? "12" : "4";
    cells["region"] = "境内";
  } else if (table == "leaders") {
    put_person(staff_[kFullTimeTeachers + i], "name");
    cells["post"] = i == 0 ? "党委书记" : i == 1 ? "校长" : "副校长";
    cells["portfolio"] = numbered("分管工作第", 0, i + 1, "组");
  } else if (table == "managers") {
    const Staff& one = staff_[kFullTimeTeachers + kLeaders + i];
    put_person(one, "name");
    put_unit(one);
    cells["manager_kind"] = i % 2 == 0 ? "学生管理" : "教学管理";
    cells["post"] = i % 2 == 0 ? "辅导员" : "科员";
  } else if (table == "staff_training") {
    put_person(staff_[i % kFullTimeTeachers], "teacher_name");
    cells["start_month"] = i < kFullTimeTeachers ? "2019-09" : "2020-03";
    cells["end_month"] = i < kFullTimeTeachers ? "2019-12" : "2020-06";
  } else if (table == "teaching_reform_projects") {
    cells["grant_no"] = numbered("JG2019", 4, i + 1);
    cells["project_name"] = numbered("课程教学改革研究（", 3, i + 1, "）");
    cells["leader_name"] = staff_[i].name;
    cells["leader_staff_no"] = staff_[i].number;
    cells["start_year"] = "2018";
    cells["end_year"] = "2021";
  }
}

void SyntheticSchool::teaching_row(const std::string& table, std::size_t i, Random& random,
                                   Cells& cells) const {
  if (table == "curricula" || table == "sf_training") {
    put_major(cells, i);
    if (table == "curricula") {
      cells["leader_staff_no"] = staff_[i].number;
      cells["leader_name"] = staff_[i].name;
      cells["hours_total"] = "2560";
      cells["hours_required"] = "1920";
      cells["hours_elective"] = "640";
      cells["credits_total"] = "160";
    } else {
      cells["trainees"] = std::to_string(180 + i);
      cells["trainees_on_practicum"] = std::to_string(60 + i);
    }
  } else if (table == "course_sections") {
    const Staff& teacher = staff_[i % kFullTimeTeachers];
    cells["section_no"] = numbered("K", 5, i + 1);
    cells["course_name"] = numbered("课程", 4, i / 3 + 1);
    cells["course_no"] = numbered("C", 4, i / 3 + 1);
    cells["hours"] = std::to_string(16 * (1 + i % 4));
    cells["unit_name"] = teacher.unit_name;
    cells["unit_no"] = teacher.unit_no;
    cells["teachers"] = teacher.name;
    cells["teacher_staff_nos"] = teacher.number;
    cells["students"] = std::to_string(20 + below(random, 70));
  } else if (table == "major_course_delivery") {
    // The first round gives every section a major; the rest share some with a second one.
    put_major(cells, i < kSections ? i : i + 1);
    cells["section_no"] = numbered("K", 5, i % kSections + 1);
    cells["course_name"] = numbered("课程", 4, i % kSections / 3 + 1);
    cells["credits"] = std::to_string(1 + i % 4);
    cells["grade"] = std::to_string(2017 + i % 4);
  } else if (table == "capstone_by_major") {
    put_major(cells, i);
    cells["topics"] = std::to_string(60 + i);
    cells["topics_in_practice"] = std::to_string(45 + i);
  } else if (table == "capstone_supervision") {
    put_major(cells, i);
    const Staff& teacher = staff_[(i * 7 + i / kFullTimeTeachers) % kFullTimeTeachers];
    cells["staff_no"] = teacher.number;
    cells["teacher_name"] = teacher.name;
    cells["students_supervised"] = std::to_string(1 + i % 8);
  }
}

void SyntheticSchool::student_row(const std::string& table, std::size_t i, Random& random,
                                  Cells& cells) const {
  if (table == "undergraduates") {
    put_major(cells, i);
    cells["student_no"] = students_[i];
    cells["student_name"] = person_name(random);
    cells["origin_kind"] = i < kOverseasStudents ? "留学生" : "境内";
    cells["grade"] = std::to_string(2017 + i % 4);
    cells["entry_year"] = cells["grade"];
  } else if (table == "major_transfers") {
    cells["student_no"] = students_[i * 50];
    cells["student_name"] = person_name(random);
    put_major(cells, i, "from_");
    put_major(cells, i + 1, "to_");
  } else if (table == "admission_by_major") {
    put_major(cells, i / kProvinces.size());
    cells["province"] = kProvinces[i % kProvinces.size()];
    cells["batch"] = "一批";
    cells["planned"] = "4";
    cells["admitted"] = "4";
    cells["first_choice"] = std::to_string(1 + i % 4);
    cells["reported"] = std::to_string(3 + i % 2);
    cells["note"] = "无";
  } else if (table == "graduates_by_major") {
    put_major(cells, i);
    cells["graduates"] = std::to_string(70 + i);
    cells["not_on_time"] = std::to_string(i % 5);
    cells["degrees"] = std::to_string(70 + i - i % 5);
    cells["employed"] = std::to_string(60 + i - i % 7);
  }
}

std::string SyntheticSchool::sheet(const TableDefinition& table, const std::vector<Cells>& rows) {
  std::string out;
  const auto line = [&](auto value_of) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (i > 0) out += ',';
      out += value_of(table.columns[i]);
    }
    out += "\r\n";
  };
  line([](const Column& column) { return column.key; });
  for (const Cells& cells : rows) {
    line([&](const Column& column) { return cells.at(column.key).value_or(""); });
  }
  return out;
}

std::string SyntheticSchool::sheet(const std::string& key) const {
  return sheet(*campaign_.table(ledger::TableKey(key)), rows(key));
}

}  // namespace countersign::tools
