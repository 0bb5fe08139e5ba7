#include "tools/demo/references.h"

namespace countersign::tools {

using ledger::Cells;

namespace {

void put(Cells& cells, const std::string& column, const std::string& value) {
  if (const auto found = cells.find(column); found != cells.end()) found->second = value;
}

}  // namespace

void put_person(Cells& cells, const SchoolBase::Person& person, const std::string& prefix) {
  put(cells, prefix + "staff_no", person.number);
  put(cells, prefix + "name", person.name);
  if (!prefix.empty()) return;
  put(cells, "staff_name", person.name);
  put(cells, "teacher_name", person.name);
}

void put_student(Cells& cells, const SchoolBase::Person& student) {
  put(cells, "student_no", student.number);
  put(cells, "student_name", student.name);
}

void put_unit(Cells& cells, const std::string& unit_no, const std::string& unit_name) {
  put(cells, "unit_no", unit_no);
  put(cells, "unit_name", unit_name);
}

void put_major(Cells& cells, const SchoolBase::Major& major, const std::string& prefix) {
  put(cells, prefix + "major_code", major.code);
  put(cells, prefix + "major_name", major.name);
}

void put_section(Cells& cells, const SchoolBase& base, std::size_t section) {
  put(cells, "section_no", section_no(section));
  put(cells, "course_no", course_no(section % kSections / 3));
  put(cells, "course_name", course_name(section % kSections / 3));
  put_person(cells, base.section_teacher(section % kSections));
}

void put_references(const SchoolBase& base, const ledger::TableDefinition& table, std::size_t i,
                    Cells& cells) {
  const bool teacher_education = table.key.value.starts_with("sf_");
  const std::size_t majors = teacher_education ? kTeacherEducationMajors : kMajors;
  for (const auto& column : table.columns) {
    const std::string& key = column.key;
    if (key.ends_with("staff_no")) {
      put_person(cells, base.teacher(i),
                 key.substr(0, key.size() - std::string("staff_no").size()));
    } else if (key.ends_with("major_code")) {
      put_major(cells, base.majors[i % majors],
                key.substr(0, key.size() - std::string("major_code").size()));
    } else if (key == "unit_no") {
      put_unit(cells, base.college(i).unit_no, base.college(i).name.zh);
    } else if (key == "student_no") {
      put_student(cells, base.student(i));
    } else if (key == "lab_code") {
      put(cells, "lab_code", lab_code(i));
      put(cells, "lab_name", lab_name(i));
    } else if (key == "course_no") {
      put(cells, "course_no", course_no(i * 2));
      put(cells, "course_name", course_name(i * 2));
    }
  }
  // A section brings its course and its teacher; 11 shares no factor with the number of sections.
  if (table.column("section_no") != nullptr) put_section(cells, base, i * 11);
}

}  // namespace countersign::tools
