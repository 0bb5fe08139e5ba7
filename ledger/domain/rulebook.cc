#include "ledger/domain/rulebook.h"

#include "ledger/base/enum_names.h"

#include <algorithm>
#include <array>

namespace countersign::ledger {

namespace {

constexpr std::array<std::string_view, 6> kRuleKinds = {"existence", "within_record", "uniqueness",
                                                        "date",      "exclusion",     "external"};
constexpr std::array<std::string_view, 2> kSeverities = {"blocking", "warning"};

template <typename List, typename Fits>
auto* find_where(const List& list, Fits fits) {
  const auto found = std::find_if(list.begin(), list.end(), fits);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(RuleKind kind) { return kRuleKinds[static_cast<std::size_t>(kind)]; }
std::optional<RuleKind> rule_kind_from(std::string_view text) {
  return enum_from<RuleKind>(kRuleKinds, text);
}

std::string_view to_string(Severity severity) {
  return kSeverities[static_cast<std::size_t>(severity)];
}
std::optional<Severity> severity_from(std::string_view text) {
  return enum_from<Severity>(kSeverities, text);
}

const RuleCheck* Rule::check_of(const TableKey& table) const {
  return find_where(checks, [&](const RuleCheck& check) { return check.table == table; });
}

const Mark* Indicator::mark_for(const std::string& school_type) const {
  return find_where(marks, [&](const Mark& mark) { return mark.school_type == school_type; });
}

const PreviousEdition::Table* PreviousEdition::table(const TableKey& key) const {
  return find_where(tables, [&](const Table& one) { return one.table == key; });
}

}  // namespace countersign::ledger
