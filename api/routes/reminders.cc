// Chases and what is taken into account before anybody is called late.
#include "api/processes/alerts.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/reminder_json.h"
#include "ledger/ledger.h"
#include "projections/reminders/queries.h"
#include "projections/views.h"

#include <charconv>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::CampaignDefinition;
using ledger::Command;
using nlohmann::json;

namespace {

// A week more than any campaign lasts, so that nobody adds up beyond what instants can hold.
constexpr std::int64_t kWithinHoursMax = 24 * 366;

// "24h" or "3d".
std::optional<ledger::Duration> within_of(const std::string& text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || unit + 1 != end || (*unit != 'h' && *unit != 'd')) {
    return std::nullopt;
  }
  if (count < 0 || count > kWithinHoursMax) return std::nullopt;
  const std::int64_t hours = *unit == 'd' ? count * 24 : count;
  if (hours > kWithinHoursMax) return std::nullopt;
  return ledger::Duration::hours(hours);
}

// What goes to people's mail: keys and names of departments and tables, no text that anybody wrote.
Alert alert_of(const CampaignDefinition& campaign, const ledger::ChaseUnit& command,
               ledger::LeafIndex entry) {
  const std::string& department = command.department.value;
  ledger::BilingualText name{department, department};
  if (const auto* known = campaign.department(command.department)) name = known->name;
  std::string zh;
  std::string en;
  for (const auto& key : command.tables) {
    const auto* table = campaign.table(key);
    if (table == nullptr) continue;
    zh += (zh.empty() ? "" : "、") + table->name.zh;
    en += (en.empty() ? "" : ", ") + table->name.en;
  }
  return {{{"alertname", "TaskChased"},
           {"campaign", campaign.id.value},
           {"department", department},
           {"severity", "chase"},
           {"chase", std::to_string(entry)}},
          {{"summary", campaign.name.en + ": " + name.en + " is reminded of " + en},
           {"summary_zh", campaign.name.zh + "：催报" + name.zh + "：" + zh}}};
}

std::vector<ledger::TableKey> tables_of(BodyReader& body) {
  std::vector<ledger::TableKey> tables;
  for (auto& table : body.texts("tables")) tables.emplace_back(std::move(table));
  return tables;
}

}  // namespace

ReadResult list_chases(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto scope = accountability_scope(request);
  const std::string department = request.query_or("department", "");
  if (!department.empty() && !in_scope(scope, department)) return out_of_scope();
  auto chases = services.views.reminders().chases(std::get<0>(campaign)->id.value);
  if (!chases) return problem_of(chases.error());
  json list = json::array();
  for (const auto& chase : *chases) {
    if (!department.empty() && chase.department != department) continue;
    if (!in_scope(scope, chase.department)) continue;
    list.push_back(to_json(chase, sees_persons(request, chase.department)));
  }
  Response response;
  response.body = json{{"chases", std::move(list)}}.dump();
  return response;
}

ReadResult show_chase_list(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const auto within = within_of(request.query_or("within", "24h"));
  if (!within) {
    return bad_request("malformed_query",
                       {"within 须为小时数或天数，如 24h、3d，至多一年",
                        "within is a number of hours or days such as 24h or 3d, a year at most"},
                       {"请更正该参数", "Correct the parameter"});
  }
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto scope = accountability_scope(request);
  const auto now = services.ledger.clock().now();
  auto units = services.views.reminders().chase_list(std::get<0>(campaign)->id.value, now,
                                                     now + *within);
  if (!units) return problem_of(units.error());
  json list = json::array();
  for (const auto& unit : *units) {
    if (in_scope(scope, unit.department)) {
      list.push_back(to_json(unit, sees_persons(request, unit.department)));
    }
  }
  Response response;
  response.body = json{{"units", std::move(list)}, {"now", ledger::format_utc(now)}}.dump();
  return response;
}

WriteResult chase_unit(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const CampaignDefinition& definition = *std::get<0>(campaign);
  BodyReader body(request);
  ledger::ChaseUnit command;
  command.campaign = definition.id;
  command.department = ledger::DepartmentId(body.text("department"));
  command.tables = tables_of(body);
  command.text = body.text("text");
  if (auto problem = body.finish()) return std::move(*problem);
  Wanted wanted{Command(command), 201};
  if (Alerts* alerts = services.alerts) {
    // The directory keeps the definition alive until the entry is durable.
    wanted.entered = [alerts, directory = request.directory, &definition,
                      command = std::move(command)](ledger::LeafIndex entry) {
      alerts->send(alert_of(definition, command, entry));
    };
  }
  return wanted;
}

WriteResult answer_chase(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  ledger::AnswerChase command;
  command.campaign = std::get<0>(campaign)->id;
  const std::string& chase = request.param("chase");
  const char* const end = chase.data() + chase.size();
  const auto [stopped, error] = std::from_chars(chase.data(), end, command.chase);
  if (error != std::errc() || stopped != end) return not_found("chase", "催报");
  BodyReader body(request);
  command.promised = body.optional_instant("promised");
  command.text = body.text("text");
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

ReadResult list_readiness(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const CampaignDefinition& definition = *std::get<0>(campaign);
  const auto scope = accountability_scope(request);
  auto recorded = services.views.reminders().readiness(definition.id.value);
  if (!recorded) return problem_of(recorded.error());
  json list = json::array();
  for (const auto& one : *recorded) {
    if (in_scope(scope, one.department)) {
      list.push_back(to_json(one, sees_persons(request, one.department)));
    }
  }
  json asked = json::array();
  for (const auto kind : definition.readiness) asked.push_back(ledger::to_string(kind));
  Response response;
  response.body = json{{"asked", std::move(asked)}, {"recorded", std::move(list)}}.dump();
  return response;
}

WriteResult record_readiness(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  ledger::RecordReadiness command;
  command.campaign = std::get<0>(campaign)->id;
  for (auto& department : body.texts("departments")) {
    command.departments.emplace_back(std::move(department));
  }
  const auto what = ledger::readiness_kind_from(body.text("what"));
  if (!what) body.reject("what", "is accounts or training", "只能是 accounts 或 training");
  command.what = what.value_or(ledger::ReadinessKind::accounts);
  command.text = body.optional_text("text").value_or("");
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

ReadResult list_outages(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto outages = services.views.reminders().outages(std::get<0>(campaign)->id.value);
  if (!outages) return problem_of(outages.error());
  json list = json::array();
  for (const auto& outage : *outages) list.push_back(to_json(outage));
  Response response;
  response.body = json{{"outages", std::move(list)}}.dump();
  return response;
}

WriteResult record_outage(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  ledger::RecordOutage command;
  command.campaign = std::get<0>(campaign)->id;
  command.from = body.instant("from");
  command.to = body.instant("to");
  command.tables = tables_of(body);
  command.text = body.text("text");
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

}  // namespace countersign::api
