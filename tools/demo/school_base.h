// SchoolBase: who and what exists at the fictional school. Every table that names a person, a
// student, a major, a unit, a laboratory or a course takes it from here, so that the tables agree.
//
// Immutable after construction; safe for any number of readers.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace countersign::tools {

using Random = std::mt19937_64;

// The sizes of section 1 of the school's published table.
constexpr std::size_t kStaff = 1680;
constexpr std::size_t kFullTimeTeachers = 1040;  // the first so many of the staff
constexpr std::size_t kExternal = 320;
constexpr std::size_t kMajors = 68;
constexpr std::size_t kTeacherEducationMajors = 19;  // the first so many of the majors
constexpr std::size_t kStudents = 19260;
constexpr std::size_t kUpgraded = 85;  // entered the third year in 2020, from junior colleges
constexpr std::size_t kOffices = 20;
constexpr std::size_t kColleges = 18;
constexpr std::size_t kLabs = 260;
constexpr std::size_t kSections = 8600;
constexpr std::size_t kCourses = (kSections + 2) / 3;  // a course is taught in three sections

struct SchoolBase {
  struct Person {
    std::string number;
    std::string name;
    std::string unit_no;
    std::string unit_name;
    bool teaches = false;
    std::size_t grade = 0;  // of a student: the year its class entered
    std::size_t entered = 0;
  };
  struct Major {
    std::string code;
    std::string name;
    std::string unit_no;
    std::string unit_name;
  };

  // `campaign` must outlive the base.
  SchoolBase(const ledger::CampaignDefinition& campaign, std::uint64_t seed);

  const ledger::Department& office(std::size_t i) const { return campaign.departments[i]; }
  const ledger::Department& college(std::size_t i) const {
    return campaign.departments[kOffices + i % kColleges];
  }
  // A teacher for row `i` of a table: another one for each of the first kFullTimeTeachers rows.
  const Person& teacher(std::size_t i) const;
  // A student for row `i` of a table, none of them of the class of 2020, which has done nothing
  // yet: another one for each of the first three quarters of kStudents rows.
  const Person& student(std::size_t i) const;
  // The same among the students of some colleges, named by their position; may repeat.
  const Person& student_of(const std::vector<std::size_t>& colleges, std::size_t i) const;
  // The teacher of a course section, by position.
  const Person& section_teacher(std::size_t section) const {
    return staff[section % kFullTimeTeachers];
  }

  const ledger::CampaignDefinition& campaign;
  std::vector<Person> staff;
  std::vector<Person> external;
  std::vector<Person> students;             // student i reads major i % kMajors
  std::vector<std::size_t> not_first_year;  // positions among them
  std::vector<Major> majors;                // major i belongs to college i % kColleges
};

std::string lab_code(std::size_t i);
std::string lab_name(std::size_t i);
std::string section_no(std::size_t section);
std::string course_no(std::size_t course);
std::string course_name(std::size_t course);

}  // namespace countersign::tools
