#include "projections/statistics/query.h"

#include "projections/statistics/suppression.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"

#include <map>

namespace countersign::projections {

using ledger::Cell;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

struct Group {
  std::vector<Cell> values;
  std::uint64_t rows = 0;
  std::uint64_t persons = 0;
};

Result<std::vector<Group>> count_by(Database& store, const StatisticsRequest& request,
                                    const std::vector<std::string>& by) {
  std::string columns;
  for (const auto& column : by) columns += (columns.empty() ? "" : ", ") + quoted_name(column);
  // Rows that do not say whom they are about are somebody else's each.
  const std::string subject = quoted_name(request.subject_column);
  const std::string persons =
      request.subject_column.empty()
          ? "count(*)"
          : "count(DISTINCT " + subject + ") + sum(" + subject + " IS NULL)";
  auto query = store.query("SELECT " + columns + ", count(*), " + persons + " FROM " +
                           typed_table(request.campaign, request.table) + " GROUP BY " + columns +
                           " ORDER BY " + columns);
  std::vector<Group> groups;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return groups;
    if (groups.size() == StatisticsQueries::kGroupsMax) {
      return Error{Errc::malformed, "too many values to count by"};
    }
    Group group;
    int at = 0;
    for (std::size_t i = 0; i < by.size(); ++i, ++at) {
      group.values.push_back(query.is_null(at) ? Cell() : Cell(query.string(at)));
    }
    group.rows = query.index(at);
    group.persons = query.index(at + 1);
    groups.push_back(std::move(group));
  }
}

std::vector<StatisticsGroup> told(std::vector<Group> groups, const std::vector<Counted>& counts) {
  std::vector<StatisticsGroup> out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    out.push_back({std::move(groups[i].values), groups[i].rows, counts[i].telling});
  }
  return out;
}

}  // namespace

Result<Statistics> StoredStatistics::statistics(const StatisticsRequest& request) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, request.campaign, request.table));
  for (const auto& column : request.by) {
    if (edition.columns.find(", " + quoted_name(column) + " ") == std::string::npos) {
      return Error{Errc::not_found, "no such column"};
    }
  }
  Statistics result;
  result.as_of = reading.as_of();
  std::vector<std::vector<Counted>> margins;
  std::vector<std::map<Cell, std::size_t>> positions;
  bool told_apart = true;
  for (const auto& column : request.by) {
    CS_TRY(auto groups, count_by(store, request, {column}));
    std::vector<Counted> counts;
    std::map<Cell, std::size_t> at;
    result.total = 0;
    for (const Group& group : groups) {
      at[group.values.front()] = counts.size();
      counts.push_back({counts.size(), 0, group.rows, group.persons < request.floor});
      result.total += group.rows;
    }
    const bool whole = suppress(counts, request.floor);
    result.margins_withheld.push_back(!whole);
    result.margins.push_back(whole ? told(std::move(groups), counts)
                                   : std::vector<StatisticsGroup>());
    told_apart = told_apart && whole;
    margins.push_back(std::move(counts));
    positions.push_back(std::move(at));
  }
  if (request.by.size() < 2) return result;
  CS_TRY(auto groups, count_by(store, request, request.by));
  std::vector<Counted> counts;
  for (const Group& group : groups) {
    counts.push_back({positions[0].at(group.values[0]), positions[1].at(group.values[1]),
                      group.rows, group.persons < request.floor});
  }
  result.cells_withheld = !told_apart || !suppress(counts, margins[0], margins[1], request.floor);
  if (!result.cells_withheld) result.cells = told(std::move(groups), counts);
  return result;
}

}  // namespace countersign::projections
