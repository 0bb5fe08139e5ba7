// Cases: review for appraisal, from the facts it rests on to what follows.
#include "api/processes/evidence_pack.h"
#include "api/routes/case_access.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/case_json.h"
#include "ledger/evidence/evidence_store.h"
#include "ledger/ledger.h"
#include "projections/accountability/queries.h"
#include "projections/cases/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using ledger::LeafIndex;
using ledger::Role;
using nlohmann::json;
using projections::CaseRecord;

namespace {

bool may_review(const Request& request, const ledger::CampaignDefinition& campaign) {
  const auto hats =
      ledger::usable_hats(*request.directory, *request.account, campaign.id, request.received_at);
  return std::ranges::any_of(
      hats, [](const auto& usable) { return usable.hat.role == Role::accountability_reviewer; });
}

// Of a case's facts those that count by now; the domain knows which were decided on, the views
// which are excused. None where there is no such case, of which the domain tells.
std::variant<std::vector<std::string>, Problem> counting_facts(const NamedCase& named,
                                                               Services& services) {
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  auto record = record_of(named, services);
  std::vector<std::string> counting;
  if (std::holds_alternative<Problem>(record)) return counting;
  for (const std::string& id : std::get<CaseRecord>(record).facts) {
    auto fact = services.views.accountability().fact(id);
    if (!fact) return problem_of(fact.error());
    const bool held = fact->counts && !projections::is_credit(*fact);
    if (held && fact->state != "voided") counting.push_back(id);
  }
  return counting;
}

// Every fact exists in the campaign and is about the unit.
std::optional<Problem> check_facts(BodyReader& body, const ledger::OpenCase& command,
                                   Services& services) {
  if (auto problem = wait_for_latest(services)) return problem;
  for (const std::string& id : command.facts) {
    auto fact = services.views.accountability().fact(id);
    if (!fact && fact.error().code != ledger::Errc::not_found) return problem_of(fact.error());
    if (!fact || fact->campaign != command.campaign.value ||
        fact->department != command.department.value) {
      body.reject("facts", "must be facts about the department", "应为关于该单位的事实");
    } else if (fact->state == "voided") {
      return problem_of(ledger::Refusal{ledger::RefusalCode::fact_not_standing, {{"fact", id}}});
    }
  }
  return std::nullopt;
}

}  // namespace

ReadResult list_cases(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto cases = services.views.cases().cases(std::get<0>(campaign)->id.value);
  if (!cases) return problem_of(cases.error());
  json list = json::array();
  for (const auto& record : *cases) {
    if (!sees_case(request, record)) continue;
    list.push_back(to_json(record, sees_persons(request, record.department)));
  }
  Response response;
  response.body = json{{"cases", std::move(list)}}.dump();
  return response;
}

ReadResult show_case(const Request& request, Services& services) {
  auto named = case_of(request);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto record = record_of(std::get<NamedCase>(named), services);
  if (auto* problem = std::get_if<Problem>(&record)) return std::move(*problem);
  const auto& one = std::get<CaseRecord>(record);
  if (!sees_case(request, one)) return no_case();
  Response response;
  response.body = to_json(one, sees_persons(request, one.department)).dump();
  return response;
}

WriteResult open_case(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  ledger::OpenCase command{std::get<0>(campaign)->id, ledger::DepartmentId(body.text("department")),
                           body.texts("facts"), body.text("title")};
  if (may_review(request, *std::get<0>(campaign))) {
    if (auto problem = check_facts(body, command, services)) return std::move(*problem);
  }
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult seal_pack(const Request& request, Services& services) {
  auto named = case_of(request);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  const auto& [campaign, id] = std::get<NamedCase>(named);
  BodyReader body(request);
  if (auto problem = body.finish()) return std::move(*problem);
  ledger::SealPack command{campaign->id, id, {}, 0, 0};
  // The domain tells who may not; nothing is made for them.
  if (!may_review(request, *campaign)) return Wanted{Command(std::move(command)), 201};
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  auto record = record_of(std::get<NamedCase>(named), services);
  if (auto* problem = std::get_if<Problem>(&record)) return std::move(*problem);
  const auto& one = std::get<CaseRecord>(record);
  if (!one.texts.empty()) {
    return problem_of(
        ledger::Refusal{ledger::RefusalCode::already_exists, {{"subject", "conclusion"}}});
  }
  if (services.evidence == nullptr) return no_packs();
  auto pack = make_evidence_pack(*request.directory, services,
                                 {campaign, ledger::DepartmentId(one.department), &one, {}});
  if (!pack) return problem_of(pack.error());
  auto kept = services.evidence->keep_bytes(pack->text);
  if (!kept) return problem_of(kept.error());
  command.hash = *kept;
  command.bytes = pack->text.size();
  command.as_of = pack->as_of;
  return Wanted{Command(std::move(command)), 201};
}

WriteResult serve_case(const Request& request, Services&) {
  auto named = case_of(request);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  BodyReader body(request);
  ledger::ServeCase command{std::get<NamedCase>(named).campaign->id, std::get<NamedCase>(named).id,
                            body.optional_text("to").value_or("")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult acknowledge_case(const Request& request, Services&) {
  auto named = case_of(request);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  BodyReader body(request);
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(ledger::AcknowledgeCase{std::get<NamedCase>(named).campaign->id,
                                                std::get<NamedCase>(named).id}),
                201};
}

WriteResult conclude_case(const Request& request, Services& services) {
  auto named = case_of(request);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  BodyReader body(request);
  const auto outcome = ledger::case_outcome_from(body.text("outcome"));
  if (!outcome) {
    body.reject("outcome", "is reported, published or closed",
                "只能是 reported、published 或 closed");
  }
  ledger::ConcludeCase command;
  command.campaign = std::get<NamedCase>(named).campaign->id;
  command.case_id = std::get<NamedCase>(named).id;
  command.outcome = outcome.value_or(ledger::CaseOutcome::closed);
  if (body.has("bulletin")) command.bulletin = body.number("bulletin");
  command.text = body.text("text");
  command.to = body.texts("to");
  if (auto problem = body.finish()) return std::move(*problem);
  auto counting = counting_facts(std::get<NamedCase>(named), services);
  if (auto* problem = std::get_if<Problem>(&counting)) return std::move(*problem);
  command.counting = std::move(std::get<0>(counting));
  return Wanted{Command(std::move(command)), 201};
}

WriteResult correct_case(const Request& request, Services& services) {
  auto named = case_of(request);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  BodyReader body(request);
  ledger::CorrectCase command{std::get<NamedCase>(named).campaign->id,
                              std::get<NamedCase>(named).id,
                              body.text("text"),
                              body.text("reason"),
                              {}};
  if (auto problem = body.finish()) return std::move(*problem);
  auto counting = counting_facts(std::get<NamedCase>(named), services);
  if (auto* problem = std::get_if<Problem>(&counting)) return std::move(*problem);
  command.counting = std::move(std::get<0>(counting));
  return Wanted{Command(std::move(command)), 201};
}

}  // namespace countersign::api
