// Facts: what was computed, what units object to, what people decide of them.
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/view_json.h"
#include "ledger/ledger.h"
#include "projections/accountability/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using nlohmann::json;

namespace {

// A fact as the account may see it: to others than the unit and those who decide, how many persons'
// rows were taken out is not told when they were few.
json shown_fact(const Request& request, const projections::AccountabilityFact& fact) {
  const bool persons = sees_persons(request, fact.department);
  json body = to_json(fact, persons);
  const auto* campaign = request.directory->campaign(ledger::CampaignId(fact.campaign));
  const bool few = campaign != nullptr && fact.count > 0 && fact.count < campaign->count_floor;
  if (fact.kind == "F13" && few && !persons) body["count"] = json();
  return body;
}

}  // namespace

ReadResult list_facts(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto scope = accountability_scope(request);
  projections::FactFilter filter;
  filter.campaign = std::get<0>(campaign)->id.value;
  filter.kind = request.query_or("kind", "");
  filter.table = request.query_or("table", "");
  const std::string department = request.query_or("department", "");
  if (!department.empty()) {
    if (!in_scope(scope, department)) return out_of_scope();
    filter.departments = {department};
  } else if (!scope.all) {
    // An empty list would mean all departments.
    if (scope.departments.empty()) return out_of_scope();
    for (const auto& own : scope.departments) filter.departments.push_back(own.value);
  }
  auto facts = services.views.accountability().facts(filter, std::get<0>(page));
  if (!facts) return problem_of(facts.error());
  json list = json::array();
  for (const auto& fact : facts->rows) {
    list.push_back(shown_fact(request, fact));
  }
  Response response;
  response.body = json{
      {"facts", std::move(list)},
      {"next", facts->next.empty() ? json() : json(facts->next)},
      {"as_of",
       facts->as_of}}.dump();
  return response;
}

ReadResult show_fact(const Request& request, Services& services) {
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto fact = services.views.accountability().fact(request.param("fact"));
  if (!fact) return problem_of(fact.error());
  if (!in_scope(accountability_scope(request), fact->department)) return out_of_scope();
  Response response;
  response.body = shown_fact(request, *fact).dump();
  return response;
}

namespace {

// The fact that the path names, as it is computed by now.
std::variant<projections::AccountabilityFact, Problem> fact_of(const Request& request,
                                                               Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  auto fact = services.views.accountability().fact(request.param("fact"));
  if (!fact) return problem_of(fact.error());
  if (fact->campaign != std::get<0>(campaign)->id.value) return not_found("fact", "该事实");
  return std::move(*fact);
}

// A fact that is void because the rule it rested on was withdrawn needs nobody's word any more.
std::optional<Problem> refuse_withdrawn(const projections::AccountabilityFact& fact) {
  const bool withdrawn = std::ranges::any_of(
      fact.acts, [](const projections::FactAct& act) { return act.kind == "withdrawal"; });
  if (!withdrawn) return std::nullopt;
  return problem_of(ledger::Refusal{ledger::RefusalCode::rule_withdrawn,
                                    {{"rule", fact.rule.empty() ? fact.id : fact.rule}}});
}

}  // namespace

WriteResult object_to_fact(const Request& request, Services& services) {
  auto found = fact_of(request, services);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& fact = std::get<projections::AccountabilityFact>(found);
  BodyReader body(request);
  ledger::ObjectToFact command{ledger::CampaignId(fact.campaign),
                               fact.id,
                               ledger::DepartmentId(fact.department),
                               body.text("ground"),
                               {}};
  for (BodyReader& document : body.objects("evidence")) {
    command.evidence.push_back({document.hash("hash"), document.text("title")});
    if (auto problem = document.finish()) return std::move(*problem);
  }
  if (auto problem = body.finish()) return std::move(*problem);
  if (auto problem = refuse_withdrawn(fact)) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult decide_fact(const Request& request, Services& services) {
  auto found = fact_of(request, services);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& fact = std::get<projections::AccountabilityFact>(found);
  BodyReader body(request);
  const auto verdict = ledger::verdict_from(body.text("verdict"));
  if (!verdict) {
    body.reject("verdict", "is upheld, corrected or voided", "只能是 upheld、corrected 或 voided");
  }
  ledger::DecideFact command{
      ledger::CampaignId(fact.campaign),         fact.id, ledger::DepartmentId(fact.department),
      verdict.value_or(ledger::Verdict::upheld), {},      body.text("reason")};
  if (body.has("net_seconds")) {
    const auto seconds = body.number("net_seconds");
    // A decision takes lateness away; it never adds any.
    if (!fact.net || seconds * 1'000'000 > static_cast<std::uint64_t>(fact.net->micros)) {
      body.reject("net_seconds", "is more than was computed", "不能超过计算所得的时长");
    }
    command.net = ledger::Duration::seconds(static_cast<std::int64_t>(seconds));
  }
  if (auto problem = body.finish()) return std::move(*problem);
  if (auto problem = refuse_withdrawn(fact)) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

}  // namespace countersign::api
