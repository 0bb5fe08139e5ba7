// Erasures: taking the values of a row out of the log on a lawful order, and what was taken out.
#include "api/processes/erasures.h"

#include "api/processes/backups.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/document_ref.h"
#include "ledger/domain/events.h"
#include "ledger/ledger.h"
#include "projections/trace/queries.h"
#include "projections/views.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Role;
using nlohmann::json;

namespace {

bool may_see_erasures(const Request& request) {
  return wears(request, Role::administrator) || wears(request, Role::centre_office) ||
         wears(request, Role::auditor) || wears(request, Role::accountability_reviewer);
}

json erasure_json(const projections::Circumstances& by, const ledger::RowErased& event) {
  json entries = json::array();
  for (const ledger::ErasureTarget& one : event.targets) entries.push_back(one.entry);
  return {{"index", by.index},
          {"at", ledger::format_utc(by.received_at)},
          {"person", by.person},
          {"table", event.table.value},
          {"items", event.items},
          {"entries", std::move(entries)},
          {"order", {{"title", event.order.title}, {"hash", ledger::to_hex(event.order.hash)}}},
          {"basis", event.basis}};
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

}  // namespace

WriteResult erase_row(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  BodyReader body(request);
  ledger::EraseRow command;
  command.campaign = std::get<0>(campaign)->id;
  command.table = ledger::TableKey(request.param("table"));
  command.row = ledger::RowKey(request.param("key"));
  command.order = document_of(body, "order");
  command.basis = body.text("basis");
  if (auto problem = body.finish()) return std::move(*problem);
  Wanted wanted{ledger::Command(std::move(command)), 201};
  wanted.entered = [erasures = services.erasures](ledger::LeafIndex) {
    if (erasures != nullptr) erasures->begin();
  };
  return wanted;
}

ReadResult list_erasures(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (!may_see_erasures(request)) {
    return forbidden({"无权查看删除记录", "Erasures are not yours to see"},
                     {"请管理员、采集办公室、问责复核或审计人员查看",
                      "Administrators, the office, reviewers and auditors see them"});
  }
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  projections::EntryFilter filter;
  filter.campaign = std::get<0>(campaign)->id.value;
  filter.type = "row.erased";
  json list = json::array();
  json held = json::array();
  projections::PageRequest page;
  page.limit = projections::PageRequest::kPageRowsMax;
  do {
    auto acts = services.views.trace().acts(filter, page);
    if (!acts) return problem_of(acts.error());
    for (const auto& act : acts->rows) {
      const auto recorded = services.ledger.reader().event(act.by.index);
      if (!recorded) return problem_of(recorded.error());
      const auto* event = std::get_if<ledger::RowErased>(&recorded->event);
      if (event == nullptr) continue;
      if (list.empty()) {
        auto before = backups_before(services, act.by.index);
        if (!before) return problem_of(before.error());
        held = std::move(*before);
      }
      list.push_back(erasure_json(act.by, *event));
    }
    page.after = acts->next;
  } while (!page.after.empty());
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

}  // namespace countersign::api
