#include "projections/indicators/evaluation.h"

#include "projections/rules/definition_sql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <tuple>

namespace countersign::projections {

using ledger::CampaignDefinition;
using ledger::Indicator;
using ledger::IndicatorResult;
using ledger::IndicatorValue;
using ledger::Quantity;
using ledger::Result;
using ledger::TreeSize;

namespace {

// Neumaier's sum: parts like 0.3 of a student must not push a total across a mark.
class Sum {
 public:
  void add(double value) {
    const double next = total_ + value;
    lost_ +=
        std::abs(total_) >= std::abs(value) ? (total_ - next) + value : (value - next) + total_;
    total_ = next;
  }
  double total() const { return total_ + lost_; }

 private:
  double total_ = 0;
  double lost_ = 0;
};

Result<SqlOutcome> each_cited(Database& store, const CampaignDefinition& definition,
                              const Quantity& quantity, std::optional<TreeSize> as_of,
                              const std::function<void(const SqlRow&)>& visit) {
  const DefinitionSql sql(store, definition, nullptr, as_of);
  return sql.select(quantity.sql, quantity.reads, {}, {"value", "table", "row", "column"}, visit);
}

bool reaches(const Indicator& indicator, double value, double mark) {
  return indicator.lower_is_better ? value <= mark : value >= mark;
}

// Of the formula's value and, when it misses the mark, the alternative.
Result<IndicatorResult> judge(Database& store, const Indicator& indicator, const ledger::Mark& mark,
                              double value, const std::map<std::string, double>& numbers,
                              Evaluation& into) {
  if (reaches(indicator, value, mark.pass)) return IndicatorResult::passes;
  if (indicator.alternative) {
    CS_TRY(const auto condition,
           evaluate_formula(store, indicator.alternative->condition, numbers));
    if (condition.broken) into.broken[indicator.id] = *condition.broken;
    if (condition.value.value_or(0) != 0) return IndicatorResult::passes_by_alternative;
  }
  // At the line itself enrolment is not restricted yet.
  if (mark.restricted && !reaches(indicator, value, *mark.restricted)) {
    return IndicatorResult::restricted;
  }
  return IndicatorResult::fails;
}

Result<IndicatorValue> evaluate(Database& store, const CampaignDefinition& definition,
                                const Indicator& indicator,
                                const std::map<std::string, double>& all, Evaluation& into) {
  IndicatorValue out{indicator.id, indicator.version, {}, {}, IndicatorResult::undefined};
  const ledger::Mark* mark = indicator.mark_for(definition.school_type);
  if (mark != nullptr) out.mark = mark->pass;
  std::map<std::string, double> numbers;
  for (const std::string& id : indicator.quantities) {
    const auto number = all.find(id);
    if (number == all.end()) {
      into.broken[indicator.id] = "quantity " + id + " has no value";
      return out;
    }
    numbers.insert(*number);
  }
  CS_TRY(const auto formula, evaluate_formula(store, indicator.formula, numbers));
  if (formula.broken) into.broken[indicator.id] = *formula.broken;
  if (formula.broken || !formula.value || !std::isfinite(*formula.value)) return out;
  out.value = formula.value;
  if (mark == nullptr) {
    into.broken[indicator.id] = "has no mark for this type of school";
    return out;
  }
  CS_TRY(out.result, judge(store, indicator, *mark, *out.value, numbers, into));
  return out;
}

}  // namespace

Result<Evaluation> evaluate_indicators(Database& store, const CampaignDefinition& definition,
                                       const std::set<std::string>& indicators,
                                       std::optional<TreeSize> as_of) {
  const auto wanted = [&](const Indicator& one) {
    return indicators.empty() || indicators.contains(one.id);
  };
  std::set<std::string> needed;
  for (const Indicator& one : definition.indicators) {
    if (wanted(one)) needed.insert(one.quantities.begin(), one.quantities.end());
  }
  Evaluation evaluation;
  std::map<std::string, double> numbers;
  for (const Quantity& quantity : definition.quantities) {
    if (!needed.contains(quantity.id)) continue;
    Sum sum;
    CS_TRY(const auto outcome,
           each_cited(store, definition, quantity, as_of,
                      [&](const SqlRow& row) { sum.add(row.number("value").value_or(0)); }));
    if (outcome.broken || !std::isfinite(sum.total())) {
      evaluation.broken[quantity.id] = outcome.broken.value_or("is beyond all numbers");
      continue;
    }
    numbers[quantity.id] = sum.total();
    evaluation.quantities.push_back({quantity.id, quantity.version, sum.total(), outcome.rows});
  }
  for (const Indicator& one : definition.indicators) {
    if (!wanted(one)) continue;
    CS_TRY(auto value, evaluate(store, definition, one, numbers, evaluation));
    evaluation.indicators.push_back(std::move(value));
  }
  return evaluation;
}

Result<CitedCells> cited_cells(Database& store, const CampaignDefinition& definition,
                               const Quantity& quantity, std::optional<TreeSize> as_of) {
  CitedCells cited;
  CS_TRY(
      const auto outcome, each_cited(store, definition, quantity, as_of, [&](const SqlRow& row) {
        cited.cells.push_back({row.text("table").value_or(""), row.text("row").value_or(""),
                               row.text("column").value_or(""), row.number("value").value_or(0)});
      }));
  cited.broken = outcome.broken;
  std::sort(cited.cells.begin(), cited.cells.end(), [](const CitedCell& a, const CitedCell& b) {
    return std::tie(a.table, a.row, a.column, a.value) <
           std::tie(b.table, b.row, b.column, b.value);
  });
  return cited;
}

std::set<ledger::TableKey> inputs_of(const CampaignDefinition& definition,
                                     const Indicator& indicator) {
  std::set<ledger::TableKey> tables;
  for (const std::string& id : indicator.quantities) {
    const Quantity* quantity = definition.quantity(id);
    if (quantity != nullptr) tables.insert(quantity->reads.begin(), quantity->reads.end());
  }
  return tables;
}

std::string_view side_of(IndicatorResult result) {
  if (ledger::passes(result)) return "passes";
  return result == IndicatorResult::undefined ? std::string_view() : ledger::to_string(result);
}

std::string number_text(double number) {
  std::array<char, 400> text{};  // the smallest number has 324 zeros and 17 digits
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  return std::string(text.data(), end.ptr);
}

std::optional<std::string> number_text(const std::optional<double>& number) {
  if (!number) return std::nullopt;
  return number_text(*number);
}

double number_from(std::string_view text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace countersign::projections
