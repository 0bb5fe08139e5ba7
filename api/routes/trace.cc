// Trace of one table: who changed what, when, from what to what, why, under which review state;
// who last touched each cell; what differs between two moments; and single entries.
#include "api/processes/person_keys.h"
#include "api/routes/handlers.h"
#include "api/routes/moment.h"
#include "api/wire/entry_items.h"
#include "api/wire/trace_json.h"
#include "api/wire/view_json.h"
#include "ledger/base/canonical_json.h"
#include "ledger/domain/event_codec.h"
#include "ledger/ledger.h"
#include "projections/trace/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

json page_json(const char* name, json rows, const std::string& next, ledger::TreeSize as_of) {
  return {{name, std::move(rows)}, {"next", next.empty() ? json() : json(next)}, {"as_of", as_of}};
}

// A reader of a table sees why; of a whole table also the names of who.
Disclosure disclosure_of(const TableAccess& access) {
  return {.names = access.sees_all(), .reasons = true, .past = access.sees_past()};
}

struct Opened {
  TableAccess access;
  projections::PageRequest page;
};
std::variant<Opened, Problem> open_table(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  return Opened{std::move(std::get<TableAccess>(opened)), std::move(std::get<0>(page))};
}

const char* name_of(projections::RowDifference::Kind kind) {
  using Kind = projections::RowDifference::Kind;
  return kind == Kind::added ? "added" : kind == Kind::removed ? "removed" : "changed";
}

}  // namespace

RecordedRead show_history(const Request& request, Services& services) {
  auto opened = open_table(request, services);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& [access, page] = std::get<Opened>(opened);
  projections::ChangeFilter filter;
  filter.campaign = access.campaign().id.value;
  filter.table = access.table().key.value;
  filter.row = request.query_or("row", "");
  filter.column = request.query_or("column", "");
  auto changes = services.views.trace().changes(filter, page);
  if (!changes) return problem_of(changes.error());
  json list = json::array();
  for (const auto& change : changes->rows) {
    if (access.sees_change(change)) list.push_back(to_json(change, disclosure_of(access)));
  }
  const std::size_t count = list.size();
  std::optional<ledger::RowKey> row;
  if (!filter.row.empty()) row = ledger::RowKey(filter.row);
  Response response;
  response.body = page_json("changes", std::move(list), changes->next, changes->as_of).dump();
  return shown(std::move(response), access, "history", changes->as_of, count, std::move(row));
}

ReadResult list_table_entries(const Request& request, Services& services) {
  auto opened = open_table(request, services);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& [access, page] = std::get<Opened>(opened);
  projections::EntryFilter filter;
  filter.campaign = access.campaign().id.value;
  filter.table = access.table().key.value;
  auto entries = services.views.trace().acts(filter, page);
  if (!entries) return problem_of(entries.error());
  json list = json::array();
  for (const auto& act : entries->rows) list.push_back(to_json(act, disclosure_of(access)));
  Response response;
  response.body = page_json("entries", std::move(list), entries->next, entries->as_of).dump();
  return response;
}

RecordedRead show_blame(const Request& request, Services& services) {
  auto opened = open_table(request, services);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& [access, page] = std::get<Opened>(opened);
  auto size = past_size(request, services);
  if (auto* problem = std::get_if<Problem>(&size)) return std::move(*problem);
  if (std::get<0>(size) && !access.sees_past()) return past_withheld();
  auto blame = services.views.trace().blame(access.campaign().id.value, access.table().key.value,
                                            std::get<0>(size), page);
  if (!blame) return problem_of(blame.error());
  json rows = json::array();
  for (const auto& row : blame->page.rows) {
    if (!access.sees_row(row.cells)) continue;
    const auto shown = access.shown(row.cells);
    json cells = json::object();
    for (const auto& cell : row.blame) {
      if (!shown.contains(cell.column)) continue;
      cells[cell.column] = {{"value", cell.value ? json(*cell.value) : json()},
                            {"entry", cell.index}};
    }
    rows.push_back({{"key", row.key}, {"etag", row.etag}, {"cells", std::move(cells)}});
  }
  const std::size_t count = rows.size();
  json body = page_json("rows", std::move(rows), blame->page.next, blame->page.as_of);
  body["entries"] = to_json(blame->entries, disclosure_of(access));
  Response response;
  response.body = body.dump();
  return shown(std::move(response), access, "blame", blame->page.as_of, count);
}

RecordedRead show_diff(const Request& request, Services& services) {
  auto opened = open_table(request, services);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& [access, page] = std::get<Opened>(opened);
  if (!access.sees_past()) return past_withheld();
  auto from = moment_of(request, services, access, request.query_or("from", "passed"));
  if (auto* problem = std::get_if<Problem>(&from)) return std::move(*problem);
  auto to = moment_of(request, services, access, request.query_or("to", "now"));
  if (auto* problem = std::get_if<Problem>(&to)) return std::move(*problem);
  if (std::get<0>(from) > std::get<0>(to)) {
    return bad_request("malformed_query", {"from 晚于 to", "from is after to"},
                       {"请交换两个时点", "Swap the two moments"});
  }
  auto diff = services.views.trace().diff(access.campaign().id.value, access.table().key.value,
                                          std::get<0>(from), std::get<0>(to), page);
  if (!diff) return problem_of(diff.error());
  json rows = json::array();
  for (const auto& row : diff->rows) {
    const bool before = !row.before.empty() && access.sees_row(row.before);
    const bool after = !row.after.empty() && access.sees_row(row.after);
    if (!before && !after) continue;
    json cells = json::array();
    for (const auto& cell : row.cells) {
      if (!access.sees_column(cell.column)) continue;
      cells.push_back({{"column", cell.column},
                       {"from", cell.from ? json(*cell.from) : json()},
                       {"to", cell.to ? json(*cell.to) : json()},
                       {"entry", cell.index}});
    }
    if (cells.empty()) continue;
    rows.push_back({{"key", row.key}, {"kind", name_of(row.kind)}, {"cells", std::move(cells)}});
  }
  const std::size_t count = rows.size();
  json body = {{"from", diff->from},
               {"to", diff->to},
               {"rows", std::move(rows)},
               {"next", diff->next.empty() ? json() : json(diff->next)},
               {"entries", to_json(diff->entries, disclosure_of(access))}};
  // How much changed outside a reader's own part is not that reader's to know.
  body["counts"] = access.sees_all() ? json{{"added", diff->added},
                                            {"changed", diff->changed},
                                            {"removed", diff->removed},
                                            {"cells", diff->cells}}
                                     : json();
  Response response;
  response.body = body.dump();
  return shown(std::move(response), access, "diff", diff->to, count);
}

RecordedRead show_entry(const Request& request, Services& services) {
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

  // Items of a table belong to its readers, as far as they may see what it said before; items of
  // the campaign and of accounts to the office.
  bool items_visible =
      wears(request, ledger::Role::administrator) || wears(request, ledger::Role::centre_office);
  std::optional<TableAccess> table;
  if (header->contains("table")) {
    Request of_table = request;
    of_table.params["campaign"] = header->at("campaign").get<std::string>();
    of_table.params["table"] = header->at("table").get<std::string>();
    auto opened = TableAccess::open(of_table);
    if (auto* access = std::get_if<TableAccess>(&opened)) table = std::move(*access);
    items_visible = table && table->sees_all() && table->sees_past();
  }
  json items = json::array();
  std::uint64_t told = 0;  // of the table
  for (const auto& item : payload->items) {
    if (item.present && items_visible && !ledger::is_secret_item(item.text)) {
      auto parsed = ledger::parse_json(item.text);
      if (!parsed) return problem_of(parsed.error());
      if (table && tells_of_rows(*parsed)) ++told;
      items.push_back({{"salt", ledger::to_base64(item.salt)}, {"item", item.text}});
      continue;
    }
    json withheld = {{"leaf", ledger::to_hex(item.leaf)}};
    // What is left of words that were erased.
    if (!item.present && items_visible && !item.text.empty()) {
      auto left = ledger::parse_json(item.text);
      if (!left) return problem_of(left.error());
      if (table && tells_of_rows(*left)) ++told;
      withheld["erased"] = std::move(*left);
    }
    items.push_back(std::move(withheld));
  }
  json body = {{"index", receipt->index},
               {"header", receipt->header},
               {"items", std::move(items)},
               {"proof", receipt->proof}};
  if (header->at("data").contains("signature")) {
    const ledger::PersonId signer(header->at("actor").at("person").get<std::string>());
    auto key = signature_key(*request.directory, services, signer, receipt->index);
    if (!key) return problem_of(key.error());
    body["signature_key"] = std::move(*key);
  }
  Response response;
  response.body = body.dump();
  if (told == 0) return response;
  return shown(std::move(response), *table, "entry", receipt->index + 1, told);
}

}  // namespace countersign::api
