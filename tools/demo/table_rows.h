// How many rows each table of the demonstration has, and what its rows put over the plausible and
// referring values because it must agree with other columns or tables. One list per group of
// tables; a table that needs nothing of its own is just a count.
#pragma once

#include "ledger/domain/row.h"
#include "tools/demo/school_base.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace countersign::tools {

using RowFill = void (*)(const SchoolBase& base, std::size_t i, Random& random,
                         ledger::Cells& cells);

struct TableRows {
  std::string_view table;
  std::size_t count;
  RowFill fill = nullptr;
};

std::span<const TableRows> profile_rows();   // 1 and 2: units, majors, laboratories, equipment
std::span<const TableRows> staff_rows();     // 1-5, 3 and 4-1: people and what they achieved
std::span<const TableRows> teaching_rows();  // 4-2, 5 and 7: curricula, courses, projects
std::span<const TableRows> student_rows();   // 1-6 and 6: students, intake, graduates, awards
std::span<const TableRows> teacher_education_rows();  // SF

}  // namespace countersign::tools
