// Erasures: taking the values of a row, words of an entry or a person's name out of the log on a
// lawful order, and what was taken out.
#include "api/processes/erasures.h"

#include "api/processes/backups.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/document_ref.h"
#include "ledger/base/canonical_json.h"
#include "ledger/domain/events.h"
#include "ledger/ledger.h"
#include "projections/trace/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Role;
using nlohmann::json;

namespace {

bool may_see_erasures(const Request& request) {
  return wears(request, Role::administrator) || wears(request, Role::centre_office) ||
         wears(request, Role::auditor) || wears(request, Role::accountability_reviewer);
}

// What an entry erased; none: the event is no erasure.
std::optional<json> erasure_json(const projections::Circumstances& by, const ledger::Event& event) {
  const auto told = [&](const auto& e, const char* kind) {
    std::set<ledger::LeafIndex> entries;
    for (const ledger::ErasureTarget& one : e.targets) entries.insert(one.entry);
    return json{{"index", by.index},
                {"at", ledger::format_utc(by.received_at)},
                {"person", by.person},
                {"kind", kind},
                {"campaign", json()},
                {"table", json()},
                {"subject", json()},
                {"items", e.items},
                {"entries", entries},
                {"order", {{"title", e.order.title}, {"hash", ledger::to_hex(e.order.hash)}}},
                {"basis", e.basis}};
  };
  const auto put = [](json& out, const char* name, const auto& id) {
    if (!id.value.empty()) out[name] = id.value;
  };
  if (const auto* row = std::get_if<ledger::RowErased>(&event)) {
    json out = told(*row, "row");
    put(out, "campaign", row->campaign);
    put(out, "table", row->table);
    return out;
  }
  if (const auto* texts = std::get_if<ledger::TextsErased>(&event)) {
    json out = told(*texts, "texts");
    put(out, "campaign", texts->campaign);
    put(out, "table", texts->table);
    return out;
  }
  if (const auto* person = std::get_if<ledger::PersonErased>(&event)) {
    json out = told(*person, "person");
    put(out, "subject", person->person);
    return out;
  }
  return std::nullopt;
}

// The erasures of a campaign, or with an empty name those of none, by entry.
ledger::Result<void> add_erasures(const Services& services, const std::string& campaign,
                                  std::map<ledger::LeafIndex, json>& found) {
  for (const char* type : {"row.erased", "texts.erased", "person.erased"}) {
    projections::EntryFilter filter;
    filter.campaign = campaign;
    filter.type = type;
    projections::PageRequest page;
    page.limit = projections::PageRequest::kPageRowsMax;
    do {
      CS_TRY(const auto acts, services.views.trace().acts(filter, page));
      for (const auto& act : acts.rows) {
        CS_TRY(const auto recorded, services.ledger.reader().event(act.by.index));
        if (auto one = erasure_json(act.by, recorded.event)) found[act.by.index] = std::move(*one);
      }
      page.after = acts.next;
    } while (!page.after.empty());
  }
  return {};
}

// Backups that end before the entry: what it erased is still in them.
ledger::Result<json> backups_before(const Services& services, ledger::LeafIndex erasure) {
  json numbers = json::array();
  if (services.backups == nullptr) return numbers;
  CS_TRY(const auto backups, services.backups->list());
  for (const ledger::Backup& one : backups) {
    if (one.entries <= erasure) numbers.push_back(one.number);
  }
  return numbers;
}

ReadResult answer_with(const Services& services, const std::map<ledger::LeafIndex, json>& found) {
  json list = json::array();
  for (auto one = found.rbegin(); one != found.rend(); ++one) list.push_back(one->second);
  json held = json::array();
  if (!found.empty()) {
    auto before = backups_before(services, found.rbegin()->first);
    if (!before) return problem_of(before.error());
    held = std::move(*before);
  }
  Erasures::Status status;
  if (services.erasures != nullptr) status = services.erasures->status();
  Response response;
  response.body =
      json{{"erasures", std::move(list)},
           {"pending", status.pending},
           {"last_failure", status.last_failure ? json(status.last_failure->detail) : json()},
           {"backups_before", std::move(held)}}
          .dump();
  return response;
}

Problem not_yours() {
  return forbidden({"无权查看删除记录", "Erasures are not yours to see"},
                   {"请管理员、采集办公室、问责复核或审计人员查看",
                    "Administrators, the office, reviewers and auditors see them"});
}

// The order that the body cites, into the command.
template <typename C>
void read_order(BodyReader& body, C& command) {
  command.order = document_of(body, "order");
  command.basis = body.text("basis");
}

Wanted wanted_of(ledger::Command command, const Services& services) {
  Wanted wanted{std::move(command), 201};
  wanted.entered = [erasures = services.erasures](ledger::LeafIndex) {
    if (erasures != nullptr) erasures->begin();
  };
  return wanted;
}

}  // namespace

WriteResult erase_row(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  ledger::EraseRow command;
  command.campaign = std::get<0>(campaign)->id;
  command.table = ledger::TableKey(request.param("table"));
  command.row = ledger::RowKey(request.param("key"));
  read_order(body, command);
  if (auto problem = body.finish()) return std::move(*problem);
  return wanted_of(std::move(command), services);
}

WriteResult erase_texts(const Request& request, Services& services) {
  const auto index = ledger::parse_json(request.param("index"));
  if (!index || !index->is_number_unsigned()) return not_found("entry", "条目");
  BodyReader body(request);
  ledger::EraseTexts command;
  command.entry = index->get<ledger::LeafIndex>();
  for (const std::uint64_t item : body.numbers("items")) {
    // No payload has as many: it is refused as what it is, no text of the entry.
    command.items.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(item, UINT32_MAX)));
  }
  read_order(body, command);
  if (auto problem = body.finish()) return std::move(*problem);
  return wanted_of(std::move(command), services);
}

WriteResult erase_person(const Request& request, Services& services) {
  // Before the log is searched for the person.
  if (!wears(request, Role::administrator)) {
    return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
  }
  BodyReader body(request);
  ledger::ErasePerson command;
  command.person = ledger::PersonId(request.param("person"));
  read_order(body, command);
  if (auto problem = body.finish()) return std::move(*problem);
  return wanted_of(std::move(command), services);
}

ReadResult list_erasures(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (!may_see_erasures(request)) return not_yours();
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  std::map<ledger::LeafIndex, json> found;
  if (auto added = add_erasures(services, std::get<0>(campaign)->id.value, found); !added) {
    return problem_of(added.error());
  }
  return answer_with(services, found);
}

ReadResult list_all_erasures(const Request& request, Services& services) {
  if (!may_see_erasures(request)) return not_yours();
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  std::vector<std::string> campaigns = {""};
  for (const auto& [id, campaign] : request.directory->campaigns) campaigns.push_back(id.value);
  std::map<ledger::LeafIndex, json> found;
  for (const std::string& campaign : campaigns) {
    if (auto added = add_erasures(services, campaign, found); !added) {
      return problem_of(added.error());
    }
  }
  return answer_with(services, found);
}

}  // namespace countersign::api
