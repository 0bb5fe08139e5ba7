#include "api/wire/reminder_json.h"

#include "api/wire/json_values.h"
#include "api/wire/view_json.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::format_utc;
using nlohmann::json;

namespace {

json counts_json(const std::map<std::string, projections::FactCounts>& kinds) {
  json out = json::object();
  for (const auto& [kind, counts] : kinds) {
    out[kind] = {{"standing", counts.standing},
                 {"excused", counts.excused},
                 {"corrected", counts.corrected},
                 {"voided", counts.voided}};
  }
  return out;
}

}  // namespace

json to_json(const projections::ChaseRecord& chase, bool texts) {
  json answers = json::array();
  for (const auto& answer : chase.answers) {
    answers.push_back({{"index", answer.index},
                       {"promised", instant_or_null(answer.promised)},
                       {"text", texts ? json(answer.text) : json()},
                       {"person", answer.person},
                       {"person_name", texts ? json(answer.person_name) : json()},
                       {"role", answer.role},
                       {"at", format_utc(answer.at)}});
  }
  return {{"index", chase.index},       {"department", chase.department},
          {"tables", chase.tables},     {"text", texts ? json(chase.text) : json()},
          {"person", chase.person},     {"person_name", texts ? json(chase.person_name) : json()},
          {"at", format_utc(chase.at)}, {"answers", std::move(answers)}};
}

json to_json(const projections::OwingUnit& unit, bool texts) {
  json tables = json::array();
  for (const auto& owed : unit.tables) {
    tables.push_back({{"table", owed.table},
                      {"due", format_utc(owed.due)},
                      {"overdue", owed.raw_late.has_value()},
                      {"raw_late_seconds", seconds_or_null(owed.raw_late)},
                      {"net_late_seconds", seconds_or_null(owed.net_late)}});
  }
  return {{"department", unit.department},
          {"tables", std::move(tables)},
          {"last_chase", unit.last_chase ? to_json(*unit.last_chase, texts) : json()}};
}

json to_json(const projections::ReadinessRecord& readiness, bool texts) {
  return {{"index", readiness.index},   {"department", readiness.department},
          {"what", readiness.what},     {"text", texts ? json(readiness.text) : json()},
          {"person", readiness.person}, {"at", format_utc(readiness.at)}};
}

json to_json(const projections::OutageRecord& outage) {
  return {{"index", outage.index},       {"from", format_utc(outage.from)},
          {"to", format_utc(outage.to)}, {"tables", outage.tables},
          {"text", outage.text},         {"person", outage.person},
          {"at", format_utc(outage.at)}};
}

json to_json(const projections::DepartmentRecord& record) {
  json campaigns = json::array();
  for (const auto& one : record.campaigns) {
    campaigns.push_back({{"campaign", one.campaign},
                         {"tasks", one.tasks},
                         {"submitted", one.submitted},
                         {"on_time", one.on_time},
                         {"late", one.late},
                         {"raw_late_seconds", seconds_of(one.raw_late)},
                         {"net_late_seconds", seconds_of(one.net_late)},
                         {"returns", one.returns},
                         {"internal_returns", one.internal_returns},
                         {"facts", counts_json(one.facts)},
                         {"credits", counts_json(one.credits)},
                         {"chases", one.chases},
                         {"chases_answered", one.chases_answered},
                         {"assists_asked", one.assists_asked},
                         {"assists_delivered", one.assists_delivered},
                         {"assists_declined", one.assists_declined}});
  }
  return {{"department", record.department},
          {"campaigns", std::move(campaigns)},
          {"as_of", record.as_of}};
}

}  // namespace countersign::api
