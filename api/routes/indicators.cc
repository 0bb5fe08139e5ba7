// Indicators: computing them, what they came to, the edits that moved them across their marks, and
// the cells they are made of.
#include "api/processes/indicators.h"

#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/indicator_json.h"
#include "ledger/ledger.h"
#include "projections/indicators/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using nlohmann::json;

namespace {

// The indicator that the path names, for those who may see it.
struct NamedIndicator {
  const ledger::CampaignDefinition* campaign = nullptr;
  const ledger::Indicator* indicator = nullptr;
};
std::variant<NamedIndicator, Problem> indicator_of(const Request& request) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  NamedIndicator named{std::get<0>(campaign), nullptr};
  named.indicator = named.campaign->indicator(request.param("indicator"));
  if (named.indicator == nullptr) return not_found("indicator", "该指标");
  if (!in_scope(accountability_scope(request), named.indicator->department.value)) {
    return out_of_scope();
  }
  return named;
}

// Cells may stand beside an indicator when reading the table needs no record and is allowed.
bool may_show(const Request& request, const ledger::CampaignDefinition& campaign,
              const std::string& table) {
  const auto* defined = campaign.table(ledger::TableKey(table));
  return defined != nullptr && !defined->personal() &&
         ledger::may_read_table(*request.directory, *request.account, campaign.id, defined->key,
                                request.received_at) == ledger::ReadScope::all;
}

Problem bad_query(const std::string& name, const std::string& zh, const std::string& en) {
  return bad_request("malformed_query",
                     {"查询参数 " + name + " " + zh, "Query parameter " + name + " " + en},
                     {"请更正该参数", "Correct the parameter"});
}

// Which cells are asked for: of what, and after how many entries.
struct CellsAsked {
  const ledger::Quantity* quantity = nullptr;
  std::optional<ledger::TreeSize> size;
  std::optional<projections::Computation> computation;  // that the size is of
};

std::variant<CellsAsked, Problem> cells_asked(const Request& request, const NamedIndicator& named,
                                              Services& services) {
  CellsAsked asked;
  const std::string quantity = request.query_or("quantity", "");
  if (std::ranges::find(named.indicator->quantities, quantity) ==
      named.indicator->quantities.end()) {
    return bad_query("quantity", "须为该指标的数据项", "must be a quantity of the indicator");
  }
  asked.quantity = named.campaign->quantity(quantity);
  const std::string at = request.query_or("at", "computation");
  if (at == "now") return asked;
  if (at != "computation") {
    return bad_query("at", "只能是 computation 或 now", "is computation or now");
  }
  auto history = services.views.indicators().history(named.campaign->id.value, *named.indicator);
  if (!history) return problem_of(history.error());
  if (history->computations.empty()) return not_found("computation", "指标计算结果");
  asked.computation = std::move(history->computations.front());
  asked.size = asked.computation->computed_at;
  return asked;
}

json cell_json(const projections::LineageCell& cell) {
  return {{"row", cell.cited.row},
          {"column", cell.cited.column},
          {"cell", cell.text ? json(*cell.text) : json()},
          {"adds", projections::number_text(cell.cited.value)},
          {"index", cell.index}};
}

// The answer as far as the account may see the table.
json lineage_json(const projections::Lineage& lineage, const TableAccess* access) {
  json cells = json::array();
  std::uint64_t withheld = 0;
  for (const auto& cell : lineage.page.rows) {
    if (access != nullptr && access->sees_row(cell.row) &&
        (cell.cited.column.empty() || access->sees_column(cell.cited.column))) {
      cells.push_back(cell_json(cell));
    } else {
      ++withheld;
    }
  }
  return {{"table", lineage.table.empty() ? json() : json(lineage.table)},
          {"cells", std::move(cells)},
          {"withheld", withheld},
          {"total", lineage.total},
          {"broken", lineage.broken ? json(*lineage.broken) : json()},
          {"next", lineage.page.next.empty() ? json() : json(lineage.page.next)},
          {"as_of", lineage.page.as_of}};
}

// Whether the table is still what the figures were computed from.
bool current(const CellsAsked& asked, const std::string& table) {
  if (!asked.computation) return true;
  const auto& inputs = asked.computation->inputs;
  const auto input = std::ranges::find(inputs, table, &projections::Computation::Input::table);
  return input != inputs.end() && input->current;
}

}  // namespace

ReadResult list_indicators(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  const auto scope = accountability_scope(request);
  if (!scope.all && scope.departments.empty()) return out_of_scope();
  auto last = services.views.indicators().last(definition.id.value);
  if (!last) return problem_of(last.error());
  const auto* computation = last->computation ? &*last->computation : nullptr;
  json list = json::array();
  for (const auto& indicator : definition.indicators) {
    if (!in_scope(scope, indicator.department.value)) continue;
    // Some may have been computed apart from the rest; each shows its own last figure.
    auto own = services.views.indicators().history(definition.id.value, indicator);
    if (!own) return problem_of(own.error());
    list.push_back(to_json(definition, indicator,
                           own->computations.empty() ? nullptr : &own->computations.front()));
  }
  Response response;
  response.body = json{
      {"indicators", std::move(list)},
      {"computation", computation == nullptr ? json() : to_json(*computation)},
      {"as_of",
       last->as_of}}.dump();
  return response;
}

WriteResult compute_indicators(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  BodyReader body(request);
  std::set<std::string> indicators;
  for (auto& id : body.texts("indicators")) {
    if (definition.indicator(id) == nullptr) {
      body.reject("indicators", "must be indicators of the campaign", "须为本次采集的指标");
    }
    indicators.insert(std::move(id));
  }
  if (auto problem = body.finish()) return std::move(*problem);
  // The figures are the system's; that they are made now is the office's to say.
  if (!wears(request, ledger::Role::centre_office)) {
    return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
  }
  auto computed =
      computed_indicators(request.directory->campaigns.at(definition.id), indicators, services);
  if (auto* problem = std::get_if<Problem>(&computed)) return std::move(*problem);
  return Wanted{Command(std::move(std::get<0>(computed))), 201, true};
}

ReadResult show_indicator(const Request& request, Services& services) {
  auto found = indicator_of(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& [campaign, indicator] = std::get<NamedIndicator>(found);
  auto history = services.views.indicators().history(campaign->id.value, *indicator);
  if (!history) return problem_of(history.error());
  json computations = json::array();
  for (const auto& computation : history->computations) {
    json one = to_json(computation);
    const json figures = to_json(*campaign, *indicator, &computation);
    one["figure"] = figures["figure"];
    one["quantities"] = figures["quantities"];
    computations.push_back(std::move(one));
  }
  json crossings = json::array();
  for (const auto& crossing : history->crossings) {
    crossings.push_back(
        to_json(crossing, *campaign, *indicator, sees_persons(request, crossing.edit.by.department),
                [&, at = campaign](const auto& table) { return may_show(request, *at, table); }));
  }
  const auto* newest = history->computations.empty() ? nullptr : &history->computations.front();
  Response response;
  response.body = json{{"indicator", to_json(*campaign, *indicator, newest)},
                       {"computations", std::move(computations)},
                       {"crossings", std::move(crossings)},
                       {"as_of", history->as_of}}
                      .dump();
  return response;
}

RecordedRead list_indicator_cells(const Request& request, Services& services) {
  auto found = indicator_of(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const NamedIndicator& named = std::get<NamedIndicator>(found);
  auto wanted = cells_asked(request, named, services);
  if (auto* problem = std::get_if<Problem>(&wanted)) return std::move(*problem);
  const auto& asked = std::get<CellsAsked>(wanted);
  auto lineage = services.views.indicators().cells(*named.campaign, *asked.quantity, asked.size,
                                                   std::get<0>(page));
  if (!lineage) return problem_of(lineage.error());
  Request of_table = request;
  of_table.params["table"] = lineage->table;
  auto opened = TableAccess::open(of_table);
  const auto* access = std::get_if<TableAccess>(&opened);
  // What personal rows said before is not for every reader.
  if (access != nullptr && access->table().personal() && !access->sees_past() &&
      !current(asked, lineage->table)) {
    return past_withheld();
  }
  const json shown_cells = lineage_json(*lineage, access);
  Response response;
  response.body = shown_cells.dump();
  const std::size_t rows = shown_cells["cells"].size();
  if (access == nullptr || rows == 0) return response;
  return shown(std::move(response), *access, "cells", lineage->page.as_of, rows);
}

}  // namespace countersign::api
