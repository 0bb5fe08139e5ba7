// Rules: what they found in a table, explanations of findings, and rules that were wrong.
#include "api/processes/validation.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/rules_json.h"
#include "ledger/ledger.h"
#include "projections/rules/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using nlohmann::json;

namespace {

std::optional<std::uint64_t> index_of(const std::string& text) {
  if (text.empty() || text.size() > 18 ||
      text.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return std::stoull(text);
}

// Whether an account may run a table's rules: whoever may act on its versions.
bool may_validate(const Request& request, const TableAccess& access) {
  const auto hats = ledger::usable_hats(*request.directory, *request.account, access.campaign().id,
                                        request.received_at);
  return std::ranges::any_of(hats, [&](const auto& usable) {
    const auto& [role, department] = usable.hat;
    return role == ledger::Role::centre_office ||
           ((role == ledger::Role::filler || role == ledger::Role::reviewer ||
             role == ledger::Role::unit_head) &&
            department == access.table().owner);
  });
}

}  // namespace

ReadResult list_rules(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  auto withdrawn = services.views.rules().withdrawn(definition.id.value);
  if (!withdrawn) return problem_of(withdrawn.error());
  auto last = services.views.rules().last_outcomes(definition.id.value);
  if (!last) return problem_of(last.error());
  json rules = json::array();
  for (const ledger::Rule& rule : definition.rules) {
    rules.push_back(to_json(rule, *withdrawn, *last));
  }
  Response response;
  response.body = json{{"rules", std::move(rules)}}.dump();
  return response;
}

WriteResult withdraw_rule(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  const auto version = body.number("version");
  ledger::WithdrawRule command{
      std::get<0>(campaign)->id, request.param("rule"),
      static_cast<std::uint32_t>(std::min<std::uint64_t>(version, UINT32_MAX)),
      body.text("reason")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult validate_table(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  if (!may_validate(request, access)) {
    return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
  }
  BodyReader body(request);
  if (auto problem = body.finish()) return std::move(*problem);
  auto run = validate(request, access, services);
  if (auto* problem = std::get_if<Problem>(&run)) return std::move(*problem);
  Wanted wanted{Command(std::move(std::get<ledger::RecordValidation>(run))), 201};
  wanted.by_process = true;
  return wanted;
}

RecordedRead list_findings(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  auto index = number_of(request, "run");
  if (auto* problem = std::get_if<Problem>(&index)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const std::string& campaign = access.campaign().id.value;
  const std::string& table = access.table().key.value;
  const auto& rules = services.views.rules();
  auto run = rules.run(campaign, table, std::get<0>(index));
  if (!run) return problem_of(run.error());
  auto findings = rules.findings(run->index, request.query_or("rule", ""), std::get<0>(page));
  if (!findings) return problem_of(findings.error());
  auto explanations = rules.explanations(campaign, table);
  if (!explanations) return problem_of(explanations.error());
  const bool rows = access.sees_all();
  json list = json::array();
  for (const auto& one : findings->rows) list.push_back(to_json(one, rows));
  json said = json::array();
  for (const auto& one : *explanations) said.push_back(to_json(one, rows));
  Response response;
  response.body = json{{"run", to_json(*run)},
                       {"findings", std::move(list)},
                       {"explanations", std::move(said)},
                       {"next", findings->next.empty() ? json() : json(findings->next)},
                       {"as_of", findings->as_of}}
                      .dump();
  if (!rows || findings->rows.empty()) return response;
  return shown(std::move(response), access, "findings", findings->as_of, findings->rows.size());
}

WriteResult explain_finding(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  ledger::ExplainFinding command;
  command.campaign = access.campaign().id;
  command.table = access.table().key;
  command.rule = body.text("rule");
  const auto row = body.optional_text("row");
  if (row) command.row = ledger::RowKey(*row);
  command.column = body.optional_text("column").value_or("");
  command.reason = body.text("reason");
  for (BodyReader& document : body.objects("evidence")) {
    command.evidence.push_back({document.hash("hash"), document.text("title")});
    if (auto problem = document.finish()) return std::move(*problem);
  }
  if (auto problem = body.finish()) return std::move(*problem);
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  auto covers = services.views.rules().unexplained(command.campaign.value, command.table.value,
                                                   command.rule, row, command.column);
  if (!covers) return problem_of(covers.error());
  command.covers = *covers;
  return Wanted{Command(std::move(command)), 201};
}

WriteResult decide_explanation(const Request& request, Services&) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  const auto index = index_of(request.param("explanation"));
  if (!index) return not_found("explanation", "该说明");
  BodyReader body(request);
  ledger::DecideExplanation command{access.campaign().id, access.table().key, *index,
                                    body.flag("accepted", false),
                                    body.optional_text("reason").value_or("")};
  if (!body.has("accepted")) body.reject("accepted", "is missing", "不能缺少");
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

}  // namespace countersign::api
