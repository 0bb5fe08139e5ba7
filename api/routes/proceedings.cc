// Proceedings: the campaign as a whole before its deciding bodies, corrections after them,
// freezing, and what passes between the school and the receiver.
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/document_ref.h"
#include "api/wire/view_json.h"
#include "ledger/domain/event_codec.h"
#include "ledger/ledger.h"
#include "ledger/merkle/compact_range.h"
#include "ledger/merkle/tree_hash.h"
#include "projections/deadlines/queries.h"
#include "projections/proceedings/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using nlohmann::json;

namespace {

template <typename MakeCommand>
WriteResult campaign_act(const Request& request, MakeCommand make) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  Command command = make(*std::get<0>(campaign), body);
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{std::move(command), 201};
}

std::vector<ledger::TableKey> named_tables(BodyReader& body) {
  std::vector<ledger::TableKey> tables;
  for (auto& table : body.texts("tables")) tables.emplace_back(std::move(table));
  if (tables.empty()) body.reject("tables", "must name at least one", "至少应指明一张表");
  return tables;
}

// Every assigned table's content as it is now, under the number that was signed. The decision
// compares it with what was signed.
std::variant<std::vector<ledger::TableVersion>, Problem> present_versions(
    const ledger::CampaignDefinition& campaign, Services& services) {
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  const std::string& id = campaign.id.value;
  auto tasks = services.views.deadlines().tasks(id, "", services.ledger.clock().now());
  if (!tasks) return problem_of(tasks.error());
  std::vector<ledger::TableVersion> versions;
  for (const auto& task : *tasks) {
    auto content = services.ledger.reader().table_content(id, task.table);
    if (!content) return problem_of(content.error());
    versions.push_back(
        {ledger::TableKey(task.table), {task.current_version, content->hash, content->rows}});
  }
  std::sort(versions.begin(), versions.end(),
            [](const auto& a, const auto& b) { return a.table < b.table; });
  return versions;
}

ledger::Hash hash_of(const std::vector<ledger::TableVersion>& versions) {
  ledger::CompactRange range;
  std::vector<ledger::CompactRange::Completed> completed;
  for (const std::string& item : ledger::version_items(versions)) {
    range.append(ledger::hash_leaf(ledger::as_bytes(item)), completed);
    completed.clear();
  }
  return range.root();
}

}  // namespace

ReadResult show_proceedings(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  auto found = services.views.proceedings().proceedings(definition.id.value);
  if (!found) return problem_of(found.error());
  // What is said of a table is for those who may read it.
  const auto may_read = [&](const std::string& table) {
    return ledger::may_read_table(*request.directory, *request.account, definition.id,
                                  ledger::TableKey(table),
                                  request.received_at) != ledger::ReadScope::none;
  };
  Response response;
  response.body =
      to_json(*found, definition, may_read, sees_persons(request, std::string())).dump();
  return response;
}

WriteResult table_campaign(const Request& request, Services&) {
  return campaign_act(request, [&](const auto& campaign, BodyReader& body) {
    return Command(ledger::TableCampaign{campaign.id, ledger::BodyId(request.param("body")),
                                         document_of(body, "report")});
  });
}

WriteResult decide_campaign(const Request& request, Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  ledger::DecideCampaign command;
  command.campaign = std::get<0>(campaign)->id;
  command.body = ledger::BodyId(request.param("body"));
  command.report = body.hash("report");
  const auto resolution = ledger::resolution_from(body.text("outcome"));
  if (!resolution) {
    body.reject("outcome", "is approved, approved_with_opinions or sent_back",
                "只能是 approved、approved_with_opinions 或 sent_back");
  }
  command.outcome = resolution.value_or(ledger::Resolution::approved);
  command.attended = static_cast<unsigned>(body.number("attended"));
  command.minutes = document_of(body, "minutes");
  command.due = body.optional_instant("due");
  for (BodyReader& opinion : body.objects("opinions")) {
    ledger::Opinion one{ledger::TableKey(opinion.text("table")), opinion.text("text")};
    if (auto problem = opinion.finish()) return std::move(*problem);
    command.opinions.push_back(std::move(one));
  }
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult grant_exception(const Request& request, Services&) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  ledger::GrantException command{access.campaign().id, access.table().key, body.instant("due"),
                                 body.text("reason")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult freeze_campaign(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  if (auto problem = body.finish()) return std::move(*problem);
  // Reading all content is for those only who may freeze it.
  if (!wears(request, ledger::Role::administrator)) {
    return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
  }
  auto versions = present_versions(*std::get<0>(campaign), services);
  if (auto* problem = std::get_if<Problem>(&versions)) return std::move(*problem);
  ledger::FreezeCampaign command{std::get<0>(campaign)->id, std::move(std::get<0>(versions)), {}};
  command.hash = hash_of(command.versions);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult submit_campaign(const Request& request, Services&) {
  return campaign_act(request, [](const auto& campaign, BodyReader& body) {
    return Command(ledger::SubmitCampaign{campaign.id, document_of(body, "receipt")});
  });
}

WriteResult accept_campaign(const Request& request, Services&) {
  return campaign_act(request, [](const auto& campaign, BodyReader& body) {
    return Command(ledger::AcceptCampaign{campaign.id, document_of(body, "notice")});
  });
}

WriteResult reopen_campaign(const Request& request, Services&) {
  return campaign_act(request, [](const auto& campaign, BodyReader& body) {
    auto order = document_of(body, "order");
    auto tables = named_tables(body);
    return Command(ledger::ReopenCampaign{campaign.id, std::move(order), std::move(tables),
                                          body.instant("due")});
  });
}

}  // namespace countersign::api
