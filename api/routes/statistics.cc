// Statistics: counts by one or two columns, from which no person can be inferred, nor, by who does
// not read the whole table, any single row. Reading them is therefore no entry.
#include "api/routes/handlers.h"
#include "projections/statistics/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;
using projections::Telling;

namespace {

Problem cannot_count(ledger::BilingualText guard) {
  return bad_request(
      "malformed_query", std::move(guard),
      {"请用 by 指定一或两列，以逗号分隔", "Name one or two columns in by, with a comma"});
}

// One or two columns of the table by which rows may be counted: those with a code list, and for who
// reads the whole table those that are not about persons. By a column without a code list others
// would be told its values.
std::variant<std::vector<std::string>, Problem> columns_of(const Request& request,
                                                           const ledger::TableDefinition& table,
                                                           bool reads_all) {
  const std::string by = request.query_or("by", "");
  std::vector<std::string> columns;
  for (std::size_t from = 0; from <= by.size();) {
    const std::size_t comma = std::min(by.find(',', from), by.size());
    columns.push_back(by.substr(from, comma - from));
    from = comma + 1;
  }
  if (columns.size() > 2 || (columns.size() == 2 && columns[0] == columns[1])) {
    return cannot_count({"by 须为一或两列", "by names one or two columns"});
  }
  for (std::string& name : columns) {
    const auto* column = table.column(name);
    if (column == nullptr) return cannot_count({"by 所指的列不存在", "by names no column"});
    if (column->allowed.empty() && column->sensitivity != ledger::Sensitivity::none) {
      return cannot_count({"该列含个人信息且无代码表，不能据以统计",
                           "The column is about persons and has no code list"});
    }
    if (column->allowed.empty() && !reads_all) {
      return cannot_count({"该列无代码表，只有可读全表者能据以统计",
                           "Only who reads the whole table counts by a column without a code list"});
    }
    name = column->key;
  }
  return columns;
}

json count_json(const projections::StatisticsGroup& group, std::uint64_t floor) {
  json values = json::array();
  for (const auto& value : group.values) values.push_back(value ? json(*value) : json());
  const bool shown = group.telling == Telling::shown;
  const std::string text = shown                             ? std::to_string(group.count)
                           : group.telling == Telling::small ? "<" + std::to_string(floor)
                                                             : "*";
  return {{"values", std::move(values)},
          {"count", shown ? json(group.count) : json()},
          {"shown", text}};
}

json groups_json(const std::vector<projections::StatisticsGroup>& groups, std::uint64_t floor) {
  json list = json::array();
  for (const auto& group : groups) list.push_back(count_json(group, floor));
  return list;
}

}  // namespace

ReadResult show_statistics(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  const auto& table = access.table();
  const auto opened = TableAccess::open(request);
  const auto* reader = std::get_if<TableAccess>(&opened);
  if (reader == nullptr && !in_scope(accountability_scope(request), table.owner.value)) {
    return out_of_scope();
  }
  const bool reads_all = reader != nullptr && reader->sees_all();
  auto columns = columns_of(request, table, reads_all);
  if (auto* problem = std::get_if<Problem>(&columns)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  // Few rows tell of single ones, which only who reads them all may know, and of persons nobody.
  const bool floored = !reads_all || table.personal() || !table.subject_column.empty();
  projections::StatisticsRequest wanted{access.campaign().id.value, table.key.value,
                                        std::get<0>(columns), table.subject_column,
                                        floored ? access.campaign().count_floor : 0};
  auto counted = services.views.statistics().statistics(wanted);
  if (!counted) {
    if (counted.error().code != ledger::Errc::malformed) return problem_of(counted.error());
    return cannot_count({"该列取值过多，不能据以统计", "The columns have too many values"});
  }
  json margins = json::array();
  for (std::size_t i = 0; i < wanted.by.size(); ++i) {
    margins.push_back({{"column", wanted.by[i]},
                       {"groups", groups_json(counted->margins[i], wanted.floor)},
                       {"withheld", static_cast<bool>(counted->margins_withheld[i])}});
  }
  Response response;
  response.body = json{{"table", table.key.value},
                       {"by", wanted.by},
                       {"floor", wanted.floor},
                       {"total", counted->total},
                       {"margins", std::move(margins)},
                       {"cells", groups_json(counted->cells, wanted.floor)},
                       {"cells_withheld", counted->cells_withheld},
                       {"as_of", counted->as_of}}
                      .dump();
  return response;
}

}  // namespace countersign::api
