// Trace: who changed what, when, from what to what, why, and under which review state.
#include "api/routes/handlers.h"
#include "api/wire/view_json.h"
#include "ledger/base/canonical_json.h"
#include "ledger/domain/event_codec.h"
#include "ledger/ledger.h"
#include "projections/tables/queries.h"
#include "projections/views.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

json page_json(const char* name, json rows, const std::string& next, ledger::TreeSize as_of) {
  return {{name, std::move(rows)}, {"next", next.empty() ? json() : json(next)}, {"as_of", as_of}};
}

}  // namespace

ReadResult show_history(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& tables = services.views.tables();
  const std::string& campaign = access.campaign().id.value;
  const std::string& table = access.table().key.value;
  const std::string row = request.query_or("row", "");
  const std::string column = request.query_or("column", "");
  if (!access.sees_all()) {
    // A part is judged by the row as it is now; the history of other rows stays closed.
    auto current = tables.row(campaign, table, row);
    if (!current || !access.sees_row(current->cells)) {
      return forbidden(
          {"您只能读取本部门部分的历史", "You may read the history of your own part only"},
          {"请指明本部门的数据行", "Name a row of your own part"});
    }
  }
  auto changes = tables.history(campaign, table, row, column, std::get<0>(page));
  if (!changes) return problem_of(changes.error());
  json list = json::array();
  for (const auto& change : changes->rows) {
    if (access.sees_column(change.column)) list.push_back(to_json(change, access.sees_all()));
  }
  Response response;
  response.body = page_json("changes", std::move(list), changes->next, changes->as_of).dump();
  return response;
}

ReadResult list_table_entries(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto entries = services.views.tables().entries(access.campaign().id.value,
                                                 access.table().key.value, std::get<0>(page));
  if (!entries) return problem_of(entries.error());
  json list = json::array();
  for (const auto& entry : entries->rows) list.push_back(to_json(entry, access.sees_all()));
  Response response;
  response.body = page_json("entries", std::move(list), entries->next, entries->as_of).dump();
  return response;
}

ReadResult show_entry(const Request& request, Services& services) {
  auto wanted = ledger::parse_json(request.param("index"));
  if (!wanted || !wanted->is_number_unsigned()) return not_found("entry", "条目");
  const auto& reader = services.ledger.reader();
  auto receipt = reader.receipt(wanted->get<ledger::LeafIndex>());
  if (!receipt) return problem_of(receipt.error());
  auto stored = reader.log().entry(receipt->index);
  if (!stored) return problem_of(stored.error());
  auto payload = ledger::decode_payload(stored->payload);
  if (!payload) return problem_of(payload.error());
  auto header = ledger::parse_json(receipt->header);
  if (!header) return problem_of(header.error());

  // Items of a table belong to its readers; items of the campaign and of accounts to the office.
  bool items_visible =
      wears(request, ledger::Role::administrator) || wears(request, ledger::Role::centre_office);
  if (header->contains("table")) {
    items_visible = ledger::may_read_table(*request.directory, *request.account,
                                           ledger::CampaignId(header->at("campaign")),
                                           ledger::TableKey(header->at("table")),
                                           request.received_at) == ledger::ReadScope::all;
  }
  json items = json::array();
  for (const auto& item : payload->items) {
    if (item.present && items_visible && !ledger::is_secret_item(item.text)) {
      items.push_back({{"salt", ledger::to_base64(item.salt)}, {"item", item.text}});
    } else {
      items.push_back({{"leaf", ledger::to_hex(item.leaf)}});
    }
  }
  Response response;
  response.body = json{{"index", receipt->index},
                       {"header", receipt->header},
                       {"items", std::move(items)},
                       {"proof", receipt->proof}}
                      .dump();
  return response;
}

}  // namespace countersign::api
