// Rectification plans: drafted by departments, decided item by item, followed up a year later.
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/indicator_json.h"
#include "ledger/ledger.h"
#include "projections/indicators/queries.h"
#include "projections/views.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using nlohmann::json;

namespace {

// The campaign itself, or the edition before it when `of=previous` asks for that; null: none.
std::variant<const ledger::CampaignDefinition*, Problem> edition_asked(
    const Request& request, const ledger::CampaignDefinition& campaign) {
  const std::string of = request.query_or("of", "");
  if (of.empty()) return &campaign;
  if (of != "previous") {
    return bad_request("malformed_query",
                       {"查询参数 of 只能是 previous", "Query parameter of is previous"},
                       {"请更正该参数", "Correct the parameter"});
  }
  if (!campaign.previous) return nullptr;
  return request.directory->campaign(campaign.previous->campaign);
}

}  // namespace

ReadResult list_plans(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  auto asked = edition_asked(request, *std::get<0>(campaign));
  if (auto* problem = std::get_if<Problem>(&asked)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto scope = accountability_scope(request);
  if (!scope.all && scope.departments.empty()) return out_of_scope();
  const auto* edition = std::get<0>(asked);
  auto plans =
      services.views.indicators().plans(edition == nullptr ? std::string() : edition->id.value);
  if (!plans) return problem_of(plans.error());
  const bool previous = !request.query_or("of", "").empty();
  json list = json::array();
  for (const auto& plan : plans->plans) {
    if (!in_scope(scope, plan.department)) continue;
    // What was never accepted leaves nothing to follow up.
    if (previous && plan.status != "accepted") continue;
    list.push_back(to_json(plan, *edition, sees_persons(request, plan.department)));
  }
  Response response;
  response.body = json{{"plans", std::move(list)}, {"as_of", plans->as_of}}.dump();
  return response;
}

WriteResult draft_plan(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  ledger::DraftPlan command{std::get<0>(campaign)->id, request.param("indicator"), {}};
  // What an item lacks is the domain's to refuse.
  for (BodyReader& one : body.objects("items")) {
    command.items.push_back(
        {std::to_string(command.items.size() + 1), one.optional_text("cause").value_or(""),
         one.optional_text("measure").value_or(""), one.optional_text("owner").value_or(""),
         one.optional_instant("until").value_or(ledger::Timestamp{})});
    if (auto problem = one.finish()) return std::move(*problem);
  }
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult decide_plan(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  ledger::DecidePlan command{std::get<0>(campaign)->id,
                             request.param("indicator"),
                             static_cast<unsigned>(body.number("attended")),
                             {}};
  for (BodyReader& one : body.objects("items")) {
    const bool decided = one.has("accepted");
    ledger::PlanItemDecision item{one.text("item"), one.flag("accepted", false),
                                  one.optional_text("reason").value_or("")};
    if (auto problem = one.finish()) return std::move(*problem);
    if (decided) command.items.push_back(std::move(item));
  }
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult follow_up_plan(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  BodyReader body(request);
  ledger::FollowUpPlan command;
  command.campaign = definition.id;
  if (definition.previous) command.previous = definition.previous->campaign;
  command.indicator = body.text("indicator");
  command.item = body.text("item");
  const auto outcome = ledger::follow_up_from(body.text("outcome"));
  if (!outcome) {
    body.reject("outcome", "is done, under_way or not_done", "只能是 done、under_way 或 not_done");
  }
  command.outcome = outcome.value_or(ledger::FollowUp::under_way);
  command.text = body.optional_text("text").value_or("");  // the domain asks for it
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

}  // namespace countersign::api
