#include "tools/demo/plausible_values.h"
#include "tools/demo/references.h"
#include "tools/demo/table_rows.h"

#include <array>

namespace countersign::tools {

using ledger::Cells;

namespace {

void curricula(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  put_person(cells, base.staff[i], "leader_");
  cells["hours_total"] = "2560";
  cells["hours_required"] = "1920";
  cells["hours_elective"] = "640";
  cells["hours_class"] = "2048";
  cells["hours_lab"] = "512";
  // 160 in two ways: by what is required, and by how it is taught.
  const std::size_t block = 24 + i % 7;
  cells["credits_total"] = "160";
  cells["credits_required"] = "118";
  cells["credits_elective"] = "42";
  cells["credits_practice_block"] = std::to_string(block);
  cells["credits_class"] = std::to_string(130 - block);
  cells["credits_lab"] = "26";
  cells["credits_extracurricular"] = "4";
  cells["credits_entrepreneurship"] = "4";
}

void course_sections(const SchoolBase& base, std::size_t i, Random& random, Cells& cells) {
  const auto& teacher = base.section_teacher(i);
  put_section(cells, base, i);
  cells["hours"] = std::to_string(16 * (1 + i % 4));
  put_unit(cells, teacher.unit_no, teacher.unit_name);
  cells["teachers"] = teacher.name;
  cells["teacher_staff_nos"] = teacher.number;
  cells["students"] = std::to_string(20 + below(random, 70));
}

void major_course_delivery(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  // The first round gives every section a major; the rest share some with a second one.
  put_major(cells, base.majors[(i < kSections ? i : i + 1) % kMajors]);
  put_section(cells, base, i);
  cells["credits"] = std::to_string(1 + i % 4);
  cells["grade"] = std::to_string(2017 + i % 4);
}

void core_courses(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  const std::size_t lab = 8 * (i % 3);
  cells["hours_total"] = "48";
  cells["hours_lab"] = std::to_string(lab);
  cells["hours_theory"] = std::to_string(48 - lab);
}

void capstone_by_major(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["topics"] = std::to_string(60 + i);
  cells["topics_in_practice"] = std::to_string(45 + i);
}

void capstone_supervision(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["students_supervised"] = std::to_string(1 + i % 8);
}

void reform_projects(const SchoolBase& base, std::size_t i, Random&, Cells& cells) {
  cells["grant_no"] = numbered("JG2019", 4, i + 1);
  cells["project_name"] = numbered("课程教学改革研究（", 3, i + 1, "）");
  put_person(cells, base.staff[i], "leader_");
  cells["start_year"] = "2018";
  cells["end_year"] = "2021";
}

void quality_projects(const SchoolBase&, std::size_t i, Random&, Cells& cells) {
  cells["grant_no"] = numbered("ZL2019", 3, i + 1);
  cells["project_name"] = numbered("质量工程项目", 3, i + 1);
}

constexpr std::array<TableRows, 15> kTeachingTables = {{
    {"curricula", kMajors, &curricula},
    {"course_sections", kSections, &course_sections},
    {"major_course_delivery", 9800, &major_course_delivery},
    {"core_courses", 640, &core_courses},
    {"lab_courses", 1150},
    {"special_courses", 120},
    {"capstone_by_major", 60, &capstone_by_major},
    {"capstone_supervision", 1050, &capstone_supervision},
    {"medical_capstone", 0},
    {"training_model_pilots", 12},
    {"online_courses", 45},
    {"entrepreneurship_bases", 8},
    {"teaching_reform_projects", 130, &reform_projects},
    {"teaching_awards", 24},
    {"quality_projects", 95, &quality_projects},
}};

}  // namespace

std::span<const TableRows> teaching_rows() { return kTeachingTables; }

}  // namespace countersign::tools
