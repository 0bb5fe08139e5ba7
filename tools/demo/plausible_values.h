// Plausible values for columns, from what a column says about itself: its code list, its type, its
// name, and its table's statistical time. Whatever must agree with other columns or other tables
// is put over them afterwards.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"
#include "tools/demo/school_base.h"

#include <string>

namespace countersign::tools {

// std::uniform_int_distribution gives other numbers with other libraries. REQUIRES: count > 0.
std::size_t below(Random& random, std::size_t count);

// "实验室007": a number of fixed width (0: as it is) between two texts.
std::string numbered(const std::string& before, std::size_t width, std::size_t number,
                     const std::string& after = {});

std::string person_name(Random& random);

// "2019-04": a month of some years.
std::string month(Random& random, std::size_t first_year, std::size_t years);

// A value for every column of row `i`; key columns of text are unique by `i`.
ledger::Cells plausible_row(const ledger::TableDefinition& table, std::size_t i, Random& random);

}  // namespace countersign::tools
