// Campaigns: their definition, and the office's acts: assigning, opening, closing, extending,
// and lending a hat.
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/base/canonical_json.h"
#include "ledger/crypto/sha256.h"
#include "ledger/domain/campaign_codec.h"

#include <charconv>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using nlohmann::json;

namespace {

json to_json(const ledger::BilingualText& text) { return {{"zh", text.zh}, {"en", text.en}}; }

template <typename MakeCommand>
WriteResult campaign_act(const Request& request, int status, MakeCommand make) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  Command command = make(*std::get<0>(campaign), body);
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{std::move(command), status};
}

}  // namespace

ReadResult list_campaigns(const Request& request, Services&) {
  json list = json::array();
  for (const auto& [id, campaign] : request.directory->campaigns) {
    list.push_back({{"id", id.value},
                    {"name", to_json(campaign.definition->name)},
                    {"revision", campaign.revision},
                    {"defined_by", campaign.defined_by}});
  }
  Response response;
  response.body = json{{"campaigns", std::move(list)}}.dump();
  return response;
}

ReadResult show_campaign(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const auto& defined = request.directory->campaigns.at(std::get<0>(campaign)->id);
  auto document = ledger::parse_json(ledger::encode_campaign(*defined.definition));
  if (!document) return problem_of(document.error());
  if (!wears(request, ledger::Role::administrator) &&
      !wears(request, ledger::Role::centre_office)) {
    document->erase("persons");
    document->erase("accounts");
  }
  Response response;
  response.headers.emplace_back("ETag", "\"" + std::to_string(defined.revision) + "\"");
  response.body = document->dump();
  return response;
}

std::optional<Problem> may_define_campaign(const Request& request, const Services&) {
  if (wears(request, ledger::Role::administrator)) return std::nullopt;
  return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
}

WriteResult define_campaign(const Request& request, Services&) {
  auto definition = ledger::parse_campaign(request.body);
  if (!definition) {
    Problem problem = problem_of(definition.error());
    problem.code = "campaign_not_valid";
    problem.status = 422;
    problem.guard = {"采集任务定义有误：" + definition.error().detail,
                     "The campaign definition is not valid: " + definition.error().detail};
    problem.cure = {"请按 /schemas/campaign.json 更正", "Correct it by /schemas/campaign.json"};
    return problem;
  }
  if ((*definition)->id.value != request.param("campaign")) {
    return bad_request(
        "malformed_body",
        {"定义中的 id 与地址不一致", "The id in the body is not the one in the path"},
        {"请更正其一", "Correct one of them"});
  }
  ledger::DefineCampaign command;
  command.definition = *definition;
  command.definition_hash = ledger::sha256(ledger::as_bytes(ledger::encode_campaign(**definition)));
  if (const std::string* match = request.header("if-match");
      match != nullptr && match->size() > 2) {
    std::from_chars(match->data() + 1, match->data() + match->size() - 1, command.base_revision);
  }
  return Wanted{Command(std::move(command)), command.base_revision == 0 ? 201 : 200};
}

WriteResult assign_tasks(const Request& request, Services&) {
  return campaign_act(request, 201, [](const auto& campaign, BodyReader& body) {
    ledger::AssignTasks command{campaign.id, {}};
    for (auto& table : body.texts("tables")) command.tables.emplace_back(std::move(table));
    return Command(std::move(command));
  });
}

WriteResult open_phase(const Request& request, Services&) {
  return campaign_act(request, 200, [&](const auto& campaign, BodyReader&) {
    return Command(ledger::OpenPhase{campaign.id, ledger::PhaseId(request.param("phase"))});
  });
}

WriteResult close_phase(const Request& request, Services&) {
  return campaign_act(request, 200, [&](const auto& campaign, BodyReader&) {
    return Command(ledger::ClosePhase{campaign.id, ledger::PhaseId(request.param("phase"))});
  });
}

WriteResult move_due(const Request& request, Services&) {
  return campaign_act(request, 200, [](const auto& campaign, BodyReader& body) {
    ledger::MoveDue command{campaign.id, {}, body.instant("due"), body.text("reason")};
    for (auto& table : body.texts("tables")) command.tables.emplace_back(std::move(table));
    if (command.tables.empty()) body.reject("tables", "must name at least one", "至少应指明一张表");
    return Command(std::move(command));
  });
}

WriteResult grant_delegation(const Request& request, Services&) {
  return campaign_act(request, 201, [&](const auto& campaign, BodyReader& body) {
    ledger::GrantDelegation command;
    command.campaign = campaign.id;
    const auto role = ledger::role_from(body.text("role"));
    if (!role) body.reject("role", "is not a role", "不是有效的角色");
    command.hat = {role.value_or(ledger::Role::filler),
                   ledger::DepartmentId(body.optional_text("department").value_or(""))};
    // Who lends is the one who asks, unless an administrator records it for somebody.
    command.from = ledger::PersonId(
        body.optional_text("from").value_or(request.account->account.person.value));
    command.to = ledger::PersonId(body.text("to"));
    command.until = body.instant("until");
    command.reason = body.text("reason");
    return Command(std::move(command));
  });
}

WriteResult revoke_delegation(const Request& request, Services&) {
  return campaign_act(request, 200, [&](const auto& campaign, BodyReader&) {
    return Command(ledger::RevokeDelegation{campaign.id, request.param("delegation")});
  });
}

ReadResult list_tables(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  json list = json::array();
  for (const auto& table : std::get<0>(campaign)->tables) {
    const auto scope =
        ledger::may_read_table(*request.directory, *request.account, std::get<0>(campaign)->id,
                               table.key, request.received_at);
    json columns = json::array();
    for (const auto& column : table.columns) {
      columns.push_back({{"key", column.key},
                         {"name", to_json(column.name)},
                         {"code", column.code},
                         {"type", ledger::to_string(column.type)},
                         {"required", column.required},
                         {"allowed", column.allowed}});
    }
    list.push_back({{"key", table.key.value},
                    {"printed_no", table.printed_no},
                    {"name", to_json(table.name)},
                    {"owner", table.owner.value},
                    {"phase", table.phase.value},
                    {"due", ledger::format_utc(table.due)},
                    {"single_row", table.single_row},
                    {"personal", table.personal()},
                    {"readable", scope == ledger::ReadScope::all        ? "all"
                                 : scope == ledger::ReadScope::own_part ? "own_part"
                                                                        : "none"},
                    {"key_columns", table.key_columns},
                    {"columns", std::move(columns)}});
  }
  Response response;
  response.body = json{{"tables", std::move(list)}}.dump();
  return response;
}

}  // namespace countersign::api
