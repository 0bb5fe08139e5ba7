#include "ledger/domain/campaign.h"

#include "ledger/base/enum_names.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace countersign::ledger {

namespace {

constexpr std::array<std::string_view, 11> kRoles = {
    "filler",        "reviewer",      "unit_head",       "centre_office",
    "administrator", "leading_group", "party_committee", "accountability_reviewer",
    "auditor",       "member",        "system"};
constexpr std::array<std::string_view, 6> kColumnTypes = {"text",    "long_text", "integer",
                                                          "decimal", "year",      "month"};

constexpr std::array<std::string_view, 2> kReadinessKinds = {"accounts", "training"};

template <typename List, typename Key>
auto* find_by(const List& list, const Key& key, Key List::value_type::*member) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.*member == key; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(Role role) { return kRoles[static_cast<std::size_t>(role)]; }
std::optional<Role> role_from(std::string_view text) { return enum_from<Role>(kRoles, text); }

std::string_view to_string(ColumnType type) { return kColumnTypes[static_cast<std::size_t>(type)]; }
std::optional<ColumnType> column_type_from(std::string_view text) {
  return enum_from<ColumnType>(kColumnTypes, text);
}

std::string_view to_string(ReadinessKind kind) {
  return kReadinessKinds[static_cast<std::size_t>(kind)];
}
std::optional<ReadinessKind> readiness_kind_from(std::string_view text) {
  return enum_from<ReadinessKind>(kReadinessKinds, text);
}

const Column* TableDefinition::column(std::string_view key_or_name) const {
  for (const Column& one : columns) {
    if (one.key == key_or_name) return &one;
  }
  for (const Column& one : columns) {
    if (one.name.zh == key_or_name || one.name.en == key_or_name || one.code == key_or_name) {
      return &one;
    }
  }
  return nullptr;
}

bool TableDefinition::personal() const {
  return std::any_of(columns.begin(), columns.end(),
                     [](const Column& column) { return column.sensitivity != Sensitivity::none; });
}

Timestamp after_working_days(const Calendar& calendar, Timestamp from, unsigned days) {
  using std::chrono::sys_days;
  const auto offset = std::chrono::minutes(calendar.utc_offset_minutes);
  const auto local =
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(from.micros)) +
      offset;
  sys_days day = std::chrono::floor<std::chrono::days>(local);
  const auto listed = [](const std::vector<std::string>& list, sys_days one) {
    const std::chrono::year_month_day date(one);
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return std::find(list.begin(), list.end(), text.data()) != list.end();
  };
  for (unsigned left = days; left > 0;) {
    day += std::chrono::days(1);
    const std::chrono::weekday weekday(day);
    const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
    const bool works =
        weekend ? listed(calendar.working_days, day) : !listed(calendar.holidays, day);
    if (works) --left;
  }
  const auto end = std::chrono::sys_time<std::chrono::microseconds>(day + std::chrono::days(1));
  return Timestamp{(end - offset).time_since_epoch().count()};
}

const ExportChannel* CampaignDefinition::export_channel(const std::string& wanted) const {
  return find_by(export_channels, wanted, &ExportChannel::id);
}

const TableDefinition* CampaignDefinition::table(const TableKey& key) const {
  return find_by(tables, key, &TableDefinition::key);
}
const Department* CampaignDefinition::department(const DepartmentId& wanted) const {
  return find_by(departments, wanted, &Department::id);
}
const Phase* CampaignDefinition::phase(const PhaseId& wanted) const {
  return find_by(phases, wanted, &Phase::id);
}
const ApprovalLevel* CampaignDefinition::level(const LevelId& wanted) const {
  return find_by(approval_chain, wanted, &ApprovalLevel::id);
}
const DecidingBody* CampaignDefinition::body(const BodyId& wanted) const {
  return find_by(bodies, wanted, &DecidingBody::id);
}
const Rule* CampaignDefinition::rule(const std::string& wanted) const {
  return find_by(rules, wanted, &Rule::id);
}
const Quantity* CampaignDefinition::quantity(const std::string& wanted) const {
  return find_by(quantities, wanted, &Quantity::id);
}
const Indicator* CampaignDefinition::indicator(const std::string& wanted) const {
  return find_by(indicators, wanted, &Indicator::id);
}
const EvidenceRequirement* CampaignDefinition::evidence_requirement(
    const std::string& wanted) const {
  return find_by(evidence, wanted, &EvidenceRequirement::id);
}
std::optional<std::size_t> CampaignDefinition::level_position(const LevelId& wanted) const {
  const auto* found = level(wanted);
  if (found == nullptr) return std::nullopt;
  return static_cast<std::size_t>(found - approval_chain.data());
}

}  // namespace countersign::ledger
