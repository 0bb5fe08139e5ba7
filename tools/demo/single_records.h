// The figures of the single-record tables: the worked values of the demonstration school.
#pragma once

#include "ledger/domain/row.h"

#include <string>

namespace countersign::tools {

// Empty for tables that are not single records.
ledger::Cells single_record(const std::string& table);

}  // namespace countersign::tools
