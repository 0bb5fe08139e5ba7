// Timeliness: deadlines of campaign, departments and tasks.
#include "api/processes/person_keys.h"
#include "api/routes/carried.h"
#include "api/routes/handlers.h"
#include "api/wire/view_json.h"
#include "ledger/domain/process_state.h"
#include "ledger/ledger.h"
#include "projections/carry_forward/queries.h"
#include "projections/deadlines/queries.h"
#include "projections/views.h"

#include <map>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

json task_json(const Request& request, const ledger::CampaignDefinition& campaign,
               const projections::TaskDeadline& task) {
  json out = to_json(task, sees_persons(request, task.department));
  const auto name = ledger::process_state_name(campaign, task.process_state);
  out["process_state"] = {{"id", task.process_state},
                          {"name", {{"zh", name.zh}, {"en", name.en}}}};
  return out;
}

}  // namespace

ReadResult show_deadlines(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const std::string& id = std::get<0>(campaign)->id.value;
  const auto scope = accountability_scope(request);
  const auto now = services.ledger.clock().now();
  auto whole = services.views.deadlines().campaign(id, now);
  if (!whole) return problem_of(whole.error());
  auto departments = services.views.deadlines().departments(id, now);
  if (!departments) return problem_of(departments.error());
  json list = json::array();
  for (const auto& department : *departments) {
    if (in_scope(scope, department.department)) list.push_back(to_json(department));
  }
  json body = to_json(*whole);
  body["departments"] = std::move(list);
  body["now"] = ledger::format_utc(now);
  Response response;
  response.body = body.dump();
  return response;
}

ReadResult list_tasks(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const std::string department = request.query_or("department", "");
  const auto scope = accountability_scope(request);
  if (!department.empty() && !in_scope(scope, department)) return out_of_scope();
  const auto now = services.ledger.clock().now();
  auto tasks = services.views.deadlines().tasks(std::get<0>(campaign)->id.value, department, now);
  if (!tasks) return problem_of(tasks.error());
  const auto& definition = *std::get<0>(campaign);
  auto provenance = services.views.carry_forward().tables(definition.id.value);
  if (!provenance) return problem_of(provenance.error());
  std::map<std::string, const projections::TableProvenance*> carried;
  for (const auto& table : *provenance) carried[table.table] = &table;
  json list = json::array();
  for (const auto& task : *tasks) {
    const auto table = carried.find(task.table);
    if (!in_scope(scope, task.department) || table == carried.end()) continue;
    json one = task_json(request, definition, task);
    if (auto added = add_signature_keys(one, *request.directory, services); !added) {
      return problem_of(added.error());
    }
    if (auto added = add_carried(one, definition, *table->second, services); !added) {
      return problem_of(added.error());
    }
    list.push_back(std::move(one));
  }
  Response response;
  response.body = json{{"tasks", std::move(list)}, {"now", ledger::format_utc(now)}}.dump();
  return response;
}

ReadResult show_task(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  auto task = services.views.deadlines().task(access.campaign().id.value, access.table().key.value,
                                              services.ledger.clock().now());
  if (!task) return problem_of(task.error());
  const bool reader = !std::holds_alternative<Problem>(TableAccess::open(request));
  if (!reader && !in_scope(accountability_scope(request), task->department)) return out_of_scope();
  auto provenance = services.views.carry_forward().table(task->campaign, task->table);
  if (!provenance) return problem_of(provenance.error());
  json body = task_json(request, access.campaign(), *task);
  if (auto added = add_signature_keys(body, *request.directory, services); !added) {
    return problem_of(added.error());
  }
  if (auto added = add_carried(body, access.campaign(), *provenance, services); !added) {
    return problem_of(added.error());
  }
  Response response;
  response.body = body.dump();
  return response;
}

}  // namespace countersign::api
