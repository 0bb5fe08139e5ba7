// Evaluating quantities and indicators over the tables: quantities are sums of the cells they
// cite, indicators are formulas over quantities. Values are compared with marks unrounded.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/indicators.h"
#include "projections/view_store.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

struct Evaluation {
  // A quantity whose SQL is broken has no value and stands in `broken` alone; so is an indicator
  // undefined whose formula is, or that needs such a quantity.
  std::vector<ledger::QuantityValue> quantities;   // in the definition's order
  std::vector<ledger::IndicatorValue> indicators;  // likewise
  std::map<std::string, std::string> broken;       // quantity or indicator: why; never with values
};

// `indicators`: those wanted, with the quantities they need; empty: all. `as_of`: the tables after
// so many entries; none: as they are. The same over the same tables, always.
ledger::Result<Evaluation> evaluate_indicators(Database& store,
                                               const ledger::CampaignDefinition& definition,
                                               const std::set<std::string>& indicators = {},
                                               std::optional<ledger::TreeSize> as_of = {});

// A cell that a quantity cites.
struct CitedCell {
  std::string table;
  std::string row;
  std::string column;
  double value = 0;  // what it adds
};
struct CitedCells {
  std::vector<CitedCell> cells;  // by table, row, column
  std::optional<std::string> broken;
};
ledger::Result<CitedCells> cited_cells(Database& store,
                                       const ledger::CampaignDefinition& definition,
                                       const ledger::Quantity& quantity,
                                       std::optional<ledger::TreeSize> as_of);

// The tables whose content the indicator is made of.
std::set<ledger::TableKey> inputs_of(const ledger::CampaignDefinition& definition,
                                     const ledger::Indicator& indicator);

// Where a result lies of the indicator's marks: "passes", "fails", "restricted"; empty: nowhere.
std::string_view side_of(ledger::IndicatorResult result);

// The shortest decimal text that reads back as the same number, and back.
std::string number_text(double number);
std::optional<std::string> number_text(const std::optional<double>& number);
double number_from(std::string_view text);

}  // namespace countersign::projections
