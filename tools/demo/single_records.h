// The figures of the single-record tables: the worked values of the demonstration school.
#pragma once

#include "ledger/domain/row.h"

#include <map>
#include <string>

namespace countersign::tools {

// Empty for tables that are not single records.
ledger::Cells single_record(const std::string& table);

// The part of them that no indicator is computed from, by table.
const std::map<std::string, ledger::Cells>& narrative_records();

}  // namespace countersign::tools
