#include "tools/demo/school_base.h"

#include "tools/demo/plausible_values.h"

#include <algorithm>

namespace countersign::tools {

namespace {

constexpr std::size_t kFirstGrade = 2017;
constexpr std::size_t kGrades = 4;

// Every major has four classes of nearly one size.
std::size_t grade_of(std::size_t student) {
  return kFirstGrade + (student + student / kMajors) % kGrades;
}

// Of the class of 2018, the first so many but for the overseas students.
bool is_upgraded(std::size_t student) {
  constexpr std::size_t kOfOneRound = kMajors / kGrades;
  const std::size_t round = student / kMajors;
  return grade_of(student) == 2018 && round >= 1 && round <= kUpgraded / kOfOneRound;
}

}  // namespace

SchoolBase::SchoolBase(const ledger::CampaignDefinition& definition, std::uint64_t seed)
    : campaign(definition) {
  Random random(seed);
  for (std::size_t i = 0; i < kMajors; ++i) {
    const auto& unit = college(i);
    const std::string field =
        unit.name.zh.substr(0, unit.name.zh.size() - std::string("学院").size());
    majors.push_back({numbered("M", 3, i + 1), field + numbered("类专业", 2, i / kColleges + 1),
                      unit.unit_no, unit.name.zh});
  }
  for (std::size_t i = 0; i < kStaff; ++i) {
    const bool teaches = i < kFullTimeTeachers;
    const auto& unit = teaches ? college(i) : office(i % kOffices);
    // The numbers begin in the offices: with the last 240 of the list.
    constexpr std::size_t kNumberedBefore = 240;
    staff.push_back({numbered("1", 5, (i + kNumberedBefore) % kStaff + 1), person_name(random),
                     unit.unit_no, unit.name.zh, teaches});
  }
  for (std::size_t i = 0; i < kExternal; ++i) {
    const auto& unit = college(i);
    external.push_back(
        {numbered("W", 5, i + 1), person_name(random), unit.unit_no, unit.name.zh, true});
  }
  for (std::size_t i = 0; i < kStudents; ++i) {
    const Major& major = majors[i % kMajors];
    const std::size_t grade = grade_of(i);
    students.push_back({numbered(std::to_string(grade), 6, i + 1), person_name(random),
                        major.unit_no, major.unit_name, false, grade,
                        is_upgraded(i) ? 2020 : grade});
    if (grade != kFirstGrade + kGrades - 1) not_first_year.push_back(i);
  }
  // Those whose accounts say who they are on the staff have one name.
  for (const auto& person : campaign.persons) {
    const auto one = std::find_if(staff.begin(), staff.end(), [&](const Person& member) {
      return member.number == person.staff_no;
    });
    if (one != staff.end()) one->name = person.name;
  }
}

// Steps that share no factor with the counts visit everybody before anybody twice.
const SchoolBase::Person& SchoolBase::teacher(std::size_t i) const {
  return staff[(i * 7 + i / kFullTimeTeachers) % kFullTimeTeachers];
}

const SchoolBase::Person& SchoolBase::student(std::size_t i) const {
  return students[not_first_year[i * 13 % not_first_year.size()]];
}

const SchoolBase::Person& SchoolBase::student_of(const std::vector<std::size_t>& colleges,
                                                 std::size_t i) const {
  std::vector<std::size_t> theirs;
  for (std::size_t major = 0; major < kMajors; ++major) {
    if (std::find(colleges.begin(), colleges.end(), major % kColleges) != colleges.end()) {
      theirs.push_back(major);
    }
  }
  const std::size_t student = i / theirs.size() * kMajors + theirs[i % theirs.size()];
  const Person& found = students[student % kStudents];
  // The next one of the same major is of the next class.
  return found.grade < kFirstGrade + kGrades - 1 ? found
                                                 : students[(student + kMajors) % kStudents];
}

std::string lab_code(std::size_t i) { return numbered("L", 4, i % kLabs + 1); }
std::string lab_name(std::size_t i) { return numbered("实验室", 3, i % kLabs + 1); }
std::string section_no(std::size_t section) { return numbered("K", 5, section % kSections + 1); }
std::string course_no(std::size_t course) { return numbered("C", 4, course % kCourses + 1); }
std::string course_name(std::size_t course) { return numbered("课程", 4, course % kCourses + 1); }

}  // namespace countersign::tools
