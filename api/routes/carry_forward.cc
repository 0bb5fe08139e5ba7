// "Do not ask again": last year's rows carried forward and confirmed, where every row comes from,
// and how much departments were asked for.
#include "api/processes/carry_forward.h"

#include "api/routes/carried.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/domain/edit_rights.h"
#include "projections/tables/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;
using projections::TableProvenance;

namespace {

const ledger::PreviousEdition::Table* mapping_of(const ledger::CampaignDefinition& campaign,
                                                 const ledger::TableKey& table) {
  return campaign.previous ? campaign.previous->table(table) : nullptr;
}

// Fills in the previous edition's rows as they were last submitted; leaves none where there are
// none, which the domain then refuses.
ledger::Result<void> collect(const Request& request, Services& services, const TableAccess& access,
                             ledger::RowEdits& edits) {
  edits.carried.emplace();
  const auto* mapping = mapping_of(access.campaign(), access.table().key);
  if (mapping == nullptr) return {};
  ledger::CarrySource& source = *edits.carried;
  source.campaign = access.campaign().previous->campaign;
  source.table = mapping->from;
  const auto* campaign = request.directory->campaign(source.campaign);
  const auto* table = campaign == nullptr ? nullptr : campaign->table(source.table);
  if (table == nullptr) return {};
  CS_TRY(const auto submitted,
         services.views.carry_forward().last_submitted(source.campaign.value, source.table.value));
  if (!submitted) return {};
  source.version.number = submitted->version;
  CS_TRY(source.version.hash, ledger::hash_from_hex(submitted->version_hash));
  CarriedRows carried(access.table(), *table, *mapping);
  CS_CHECK(services.views.tables().each_row(source.campaign.value, source.table.value,
                                            submitted->size, {}, [&](const auto& row) {
                                              carried.add(row.cells);
                                              ++source.version.rows;
                                              return true;
                                            }));
  edits.rows = carried.take(source);
  return {};
}

json source_json(const projections::CarriedFrom& from) {
  json unfit = json::array();
  for (const auto& [column, cells] : from.unfit) {
    unfit.push_back({{"column", column}, {"cells", cells}});
  }
  return {{"index", from.index},
          {"at", ledger::format_utc(from.at)},
          {"campaign", from.campaign},
          {"table", from.table},
          {"version", {{"number", from.version}, {"hash", from.version_hash}}},
          {"new_items", from.new_items},
          {"unfit", std::move(unfit)},
          {"left_out", from.left_out}};
}

// The rows of one state, as far as the account sees them.
std::variant<json, Problem> rows_json(const Request& request, Services& services,
                                      const TableAccess& access, const std::string& state) {
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  auto rows =
      services.views.carry_forward().rows(access.campaign().id.value, access.table().key.value,
                                          state == "all" ? "" : state, std::get<0>(page));
  if (!rows) return problem_of(rows.error());
  json list = json::array();
  for (const auto& row : rows->rows) {
    if (!access.sees_row(row.cells)) continue;
    list.push_back(
        {{"key", row.key},
         {"state", row.state},
         {"index", row.index},
         {"bulk", row.bulk},
         {"cells_changed", row.cells_changed},
         {"reason", row.reason.empty() || !access.sees_all() ? json() : json(row.reason)}});
  }
  return json{{"rows", std::move(list)},
              {"next", rows->next.empty() ? json() : json(rows->next)},
              {"as_of", rows->as_of}};
}

// What was asked of a department, or with one table; sums add up.
struct Burden {
  std::uint64_t tables = 0, cells_asked = 0, cells_held = 0, cells_changed = 0, untouched = 0,
                confirmed_singly = 0, confirmed_in_bulk = 0, changed = 0, removed = 0, added = 0,
                new_items = 0;

  void add(const TableProvenance& table, std::uint64_t columns) {
    ++tables;
    cells_asked += table.rows * columns;
    cells_held += table.cells_held;
    cells_changed += table.cells_changed;
    untouched += table.untouched;
    confirmed_singly += table.confirmed_singly;
    confirmed_in_bulk += table.confirmed_in_bulk;
    changed += table.changed;
    removed += table.removed;
    added += table.added;
    if (table.from) new_items += table.from->new_items.size();
  }
  json to_json() const {
    // Removed rows were held and are not asked for any more.
    const std::uint64_t share =
        cells_asked == 0 ? 0 : std::min<std::uint64_t>(1000, cells_held * 1000 / cells_asked);
    return {{"tables", tables},
            {"cells_asked", cells_asked},
            {"cells_held", cells_held},
            {"prefilled_permille", share},
            {"cells_changed", cells_changed},
            {"rows_untouched", untouched},
            {"rows_confirmed_singly", confirmed_singly},
            {"rows_confirmed_in_bulk", confirmed_in_bulk},
            {"rows_changed", changed},
            {"rows_removed", removed},
            {"rows_new", added},
            {"new_items", new_items}};
  }
};

}  // namespace

json carried_json(const TableProvenance& table) {
  if (!table.from) return {};
  return {{"index", table.from->index},
          {"untouched", table.untouched},
          {"confirmed_singly", table.confirmed_singly},
          {"confirmed_in_bulk", table.confirmed_in_bulk},
          {"changed", table.changed},
          {"removed", table.removed},
          {"new", table.added},
          {"incomplete", table.incomplete}};
}

ledger::Result<bool> can_carry(const ledger::CampaignDefinition& campaign,
                               const TableProvenance& table, Services& services) {
  const auto* mapping = mapping_of(campaign, ledger::TableKey(table.table));
  if (mapping == nullptr || table.from || table.rows > 0) return false;
  CS_TRY(const auto submitted, services.views.carry_forward().last_submitted(
                                   campaign.previous->campaign.value, mapping->from.value));
  return submitted.has_value();
}

ledger::Result<void> add_carried(json& task, const ledger::CampaignDefinition& campaign,
                                 const TableProvenance& table, Services& services) {
  CS_TRY(const bool can, can_carry(campaign, table, services));
  task["carried"] = carried_json(table);
  task["can_carry"] = can;
  return {};
}

WriteResult carry_forward(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  if (auto problem = body.finish()) return std::move(*problem);
  ledger::RowEdits edits;
  edits.campaign = access.campaign().id;
  edits.table = access.table().key;
  const ledger::EditRights rights(*request.directory, request.account->account.id, edits.campaign,
                                  access.table(), request.received_at, true);
  if (!rights.any()) return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  if (auto collected = collect(request, services, access, edits); !collected) {
    return problem_of(collected.error());
  }
  return Wanted{std::move(edits), 201};
}

RecordedRead show_provenance(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto table =
      services.views.carry_forward().table(access.campaign().id.value, access.table().key.value);
  if (!table) return problem_of(table.error());
  json body = {{"table", table->table},
               {"department", table->department},
               {"rows_now", table->rows},
               {"from", table->from ? source_json(*table->from) : json()},
               {"carried", carried_json(*table)}};
  Response response;
  const std::string state = request.query_or("state", "");
  if (state.empty()) {
    response.body = body.dump();
    return response;
  }
  static const std::set<std::string> kStates = {"all",     "untouched", "confirmed",
                                                "changed", "removed",   "new"};
  if (!kStates.contains(state)) {
    return bad_request("malformed_query", {"state 的取值有误", "state is none of those there are"},
                       {"可取 all、untouched、confirmed、changed、removed、new",
                        "One of all, untouched, confirmed, changed, removed, new"});
  }
  auto rows = rows_json(request, services, access, state);
  if (auto* problem = std::get_if<Problem>(&rows)) return std::move(*problem);
  auto& page = std::get<json>(rows);
  const std::size_t count = page.at("rows").size();
  const auto as_of = page.at("as_of").get<ledger::TreeSize>();
  body.update(page);
  response.body = body.dump();
  return shown(std::move(response), access, "provenance", as_of, count);
}

WriteResult confirm_rows(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  ledger::ConfirmRows command{access.campaign().id, access.table().key, {}, false};
  command.bulk = body.flag("bulk", false);
  const auto named = body.texts("rows");
  if (command.bulk != named.empty()) {
    body.reject("rows", "are named, or bulk is true, and not both", "与 bulk 须且只须提供其一");
  }
  if (auto problem = body.finish()) return std::move(*problem);
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  std::set<std::string, std::less<>> untouched;
  auto read = services.views.carry_forward().each_untouched(
      command.campaign.value, command.table.value,
      [&](std::string_view key) { untouched.emplace(key); });
  if (!read) return problem_of(read.error());
  const std::set<std::string> rows = command.bulk
                                         ? std::set<std::string>(untouched.begin(), untouched.end())
                                         : std::set<std::string>(named.begin(), named.end());
  // Of rows that do not wait for it nothing is confirmed at all; the domain says so.
  if (std::ranges::includes(untouched, rows)) {
    for (const auto& row : rows) command.rows.emplace_back(row);
  }
  return Wanted{ledger::Command(std::move(command)), 201};
}

ReadResult show_burden(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto scope = accountability_scope(request);
  if (!scope.all && scope.departments.empty()) return out_of_scope();
  auto tables = services.views.carry_forward().tables(definition.id.value);
  if (!tables) return problem_of(tables.error());
  json list = json::array();
  std::map<std::string, Burden> departments;
  for (const auto& table : *tables) {
    const auto* defined = definition.table(ledger::TableKey(table.table));
    if (defined == nullptr || !in_scope(scope, table.department)) continue;
    const std::uint64_t columns = defined->columns.size();
    Burden burden;
    burden.add(table, columns);
    departments[table.department].add(table, columns);
    json one = burden.to_json();
    one.erase("tables");
    one["table"] = table.table;
    one["department"] = table.department;
    one["new_items"] = table.from ? json(table.from->new_items) : json::array();
    list.push_back(std::move(one));
  }
  json sums = json::array();
  for (const auto& [department, burden] : departments) {
    json one = burden.to_json();
    one["department"] = department;
    sums.push_back(std::move(one));
  }
  Response response;
  response.body = json{{"tables", std::move(list)}, {"departments", std::move(sums)}}.dump();
  return response;
}

}  // namespace countersign::api
