// References: columns whose names say what they point at ("leader_staff_no", "from_major_code",
// "unit_no"), filled with what exists in the base tables, number and name together.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"
#include "tools/demo/school_base.h"

namespace countersign::tools {

// Row `i` of `table`. Teacher-education tables ("sf_…") take teacher-education majors only.
void put_references(const SchoolBase& base, const ledger::TableDefinition& table, std::size_t i,
                    ledger::Cells& cells);

// The pairs of columns, for rows that choose by themselves. A column the row lacks is left out.
void put_person(ledger::Cells& cells, const SchoolBase::Person& person,
                const std::string& prefix = {});
void put_student(ledger::Cells& cells, const SchoolBase::Person& student);
void put_unit(ledger::Cells& cells, const std::string& unit_no, const std::string& unit_name);
void put_major(ledger::Cells& cells, const SchoolBase::Major& major,
               const std::string& prefix = {});
void put_section(ledger::Cells& cells, const SchoolBase& base, std::size_t section);

}  // namespace countersign::tools
