#include "tools/demo/plausible_values.h"
#include "tools/demo/references.h"
#include "tools/demo/table_rows.h"

#include <array>

namespace countersign::tools {

using ledger::Cells;

namespace {

void sf_facilities(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  *cells["facility_name"] += numbered("", 2, i / kTeacherEducationMajors + 1);
}

void sf_training(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["trainees"] = std::to_string(180 + i);
  cells["trainees_on_practicum"] = std::to_string(60 + i);
}

void sf_skill_courses(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["takers"] = std::to_string(60 + i);
  cells["passers"] = std::to_string(57 + i - i % 4);
}

void sf_practicum(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  const bool final_year = i < kTeacherEducationMajors;
  cells["grade"] = final_year ? "2017" : "2018";
  cells["observation_weeks"] = "2";
  cells["teaching_weeks"] = final_year ? "16" : "0";
  cells["reflection_weeks"] = "2";
}

// The school has 180 full-time students of education at master's level, in nine majors.
void sf_other_students(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  for (const char* none : {"education_doctors", "academic_masters", "junior", "adult_junior"}) {
    cells[none] = "0";
  }
  cells["education_masters_ft"] = i < 9 ? "20" : "0";
  cells["education_masters_pt"] = i < 8 ? "5" : "0";
  cells["overseas"] = "0";
}

// Parts of what graduates_by_major says of the same major.
void sf_graduates(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["graduates"] = std::to_string(45 + i);
  cells["certified"] = std::to_string(41 + i);
  cells["employed"] = std::to_string(38 + i - i % 7);
  cells["in_education"] = std::to_string(28 + i - i % 7);
  cells["in_schools"] = std::to_string(26 + i - i % 7);
  cells["in_kindergartens"] = "2";
  cells["further_study"] = std::to_string(4 + i % 5);
  cells["state_funded"] = std::to_string(i < 6 ? 10 : 0);
}

constexpr std::array<TableRows, 14> kTeacherEducationTables = {{
    {"sf_mentors", 160},
    {"sf_reform_projects", 40},
    {"sf_contract_research", 18},
    {"sf_school_textbooks", 14},
    {"sf_school_service", 310},
    {"sf_conditions", kTeacherEducationMajors},
    {"sf_facilities", 120, &sf_facilities},
    {"sf_training", kTeacherEducationMajors, &sf_training},
    {"sf_courses", 720},
    {"sf_skill_courses", kTeacherEducationMajors, &sf_skill_courses},
    {"sf_practicum", 38, &sf_practicum},
    {"sf_other_students", kTeacherEducationMajors, &sf_other_students},
    {"sf_skill_contests", 60},
    // Two of the majors have nobody in their last year yet.
    {"sf_graduates", 17, &sf_graduates},
}};

}  // namespace

std::span<const TableRows> teacher_education_rows() { return kTeacherEducationTables; }

}  // namespace countersign::tools
