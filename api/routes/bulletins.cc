// Bulletins: drafting, correcting and publishing texts that name units before the whole school.
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/view_json.h"
#include "ledger/ledger.h"
#include "projections/accountability/queries.h"
#include "projections/bulletins/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using ledger::LeafIndex;
using nlohmann::json;

namespace {

// What a text names and rests on.
struct NamedInText {
  std::vector<ledger::DepartmentId> departments;
  std::vector<std::string> facts;
};

// Every fact exists in the campaign, is about a unit that is named, and every unit has one.
std::variant<NamedInText, Problem> named_in_text(BodyReader& body,
                                                 const ledger::CampaignDefinition& campaign,
                                                 Services& services) {
  NamedInText named;
  for (auto& one : body.texts("departments")) named.departments.emplace_back(std::move(one));
  named.facts = body.texts("facts");
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  std::set<std::string> covered;
  for (const std::string& id : named.facts) {
    auto fact = services.views.accountability().fact(id);
    if (!fact && fact.error().code != ledger::Errc::not_found) return problem_of(fact.error());
    const bool about_named =
        fact && fact->campaign == campaign.id.value &&
        std::ranges::find(named.departments, ledger::DepartmentId(fact->department)) !=
            named.departments.end();
    if (!about_named) {
      body.reject("facts", "must be facts about the departments named", "应为关于所列单位的事实");
      return named;
    }
    covered.insert(fact->department);
  }
  if (covered.size() < std::set(named.departments.begin(), named.departments.end()).size()) {
    body.reject("facts", "must hold one for every department named", "每个所列单位都应有事实依据");
  }
  return named;
}

std::variant<LeafIndex, Problem> bulletin_of(const Request& request) {
  const std::string& text = request.param("bulletin");
  LeafIndex index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) {
    return not_found("bulletin", "该通报");
  }
  return index;
}

// Facts that the text in force rests on and that do not count: excused in full, or voided.
std::optional<Problem> refuse_unfounded(const std::string& campaign, LeafIndex bulletin,
                                        Services& services) {
  if (auto problem = wait_for_latest(services)) return problem;
  auto all = services.views.bulletins().bulletins(campaign);
  if (!all) return problem_of(all.error());
  const auto record = std::ranges::find(*all, bulletin, &projections::BulletinRecord::id);
  if (record == all->end()) return std::nullopt;  // the domain says so
  for (const std::string& id : record->texts.back().facts) {
    auto fact = services.views.accountability().fact(id);
    if (!fact) return problem_of(fact.error());
    if (!fact->counts && fact->state != "objected") {
      return problem_of(ledger::Refusal{ledger::RefusalCode::fact_not_standing, {{"fact", id}}});
    }
  }
  return std::nullopt;
}

}  // namespace

ReadResult list_bulletins(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto bulletins = services.views.bulletins().bulletins(std::get<0>(campaign)->id.value);
  if (!bulletins) return problem_of(bulletins.error());
  // What is published is for all; a draft for those who decide, and for the units it names.
  const auto scope = accountability_scope(request);
  json list = json::array();
  for (auto& bulletin : *bulletins) {
    std::erase_if(bulletin.texts, [&](const projections::BulletinText& text) {
      return !text.published && std::ranges::none_of(text.departments, [&](const auto& department) {
        return in_scope(scope, department);
      }) && !scope.all;
    });
    if (!bulletin.texts.empty()) list.push_back(to_json(bulletin));
  }
  Response response;
  response.body = json{{"bulletins", std::move(list)}}.dump();
  return response;
}

WriteResult draft_bulletin(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  auto named = named_in_text(body, *std::get<0>(campaign), services);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  auto& [departments, facts] = std::get<NamedInText>(named);
  ledger::DraftBulletin command{std::get<0>(campaign)->id, std::move(departments), std::move(facts),
                                body.text("text")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult correct_bulletin(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  auto bulletin = bulletin_of(request);
  if (auto* problem = std::get_if<Problem>(&bulletin)) return std::move(*problem);
  BodyReader body(request);
  auto named = named_in_text(body, *std::get<0>(campaign), services);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  auto& [departments, facts] = std::get<NamedInText>(named);
  ledger::CorrectBulletin command{std::get<0>(campaign)->id, std::get<0>(bulletin),
                                  std::move(departments),    std::move(facts),
                                  body.text("text"),         body.text("reason")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult publish_bulletin(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  auto bulletin = bulletin_of(request);
  if (auto* problem = std::get_if<Problem>(&bulletin)) return std::move(*problem);
  BodyReader body(request);
  ledger::PublishBulletin command{std::get<0>(campaign)->id, std::get<0>(bulletin),
                                  body.texts("to")};
  if (auto problem = body.finish()) return std::move(*problem);
  if (wears(request, ledger::Role::accountability_reviewer)) {
    if (auto problem = refuse_unfounded(command.campaign.value, command.bulletin, services)) {
      return std::move(*problem);
    }
  }
  return Wanted{Command(std::move(command)), 201};
}

}  // namespace countersign::api
