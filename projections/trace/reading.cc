#include "projections/trace/reading.h"

#include "ledger/domain/event_codec.h"
#include "projections/tables/apply.h"
#include "projections/tables/schema.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Cells;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

Circumstances read_circumstances(const Query& query, int first) {
  return {.index = query.index(first),
          .type = query.string(first + 1),
          .person = query.string(first + 2),
          .person_name = query.string(first + 3),
          .account = query.string(first + 4),
          .role = query.string(first + 5),
          .department = query.string(first + 6),
          .on_behalf_of = query.string(first + 7),
          .received_at = query.instant(first + 8),
          .claimed_at = query.maybe_instant(first + 9),
          .version = static_cast<std::uint32_t>(query.integer(first + 10)),
          .review_state = query.string(first + 11),
          .reason = query.string(first + 12)};
}

Query select_entries(Database& store, std::string_view columns, const EntryFilter& filter,
                     std::string_view more) {
  std::string sql("SELECT ");
  sql.append(columns)
      .append(" FROM entries e LEFT JOIN persons p ON p.id = e.person WHERE e.campaign = ?")
      .append(filter.table.empty() ? "" : " AND e.tbl = ?")
      .append(filter.person.empty() ? "" : " AND (e.person = ? OR e.on_behalf_of = ?)")
      .append(filter.department.empty() ? "" : " AND e.department = ?")
      .append(filter.type.empty() ? "" : " AND e.type = ?")
      .append(filter.from ? " AND e.received_at >= ?" : "")
      .append(filter.until ? " AND e.received_at < ?" : "")
      .append(" ")
      .append(more);
  Query query = store.query(sql);
  query.bind(filter.campaign);
  if (!filter.table.empty()) query.bind(filter.table);
  if (!filter.person.empty()) query.bind(filter.person, filter.person);
  if (!filter.department.empty()) query.bind(filter.department);
  if (!filter.type.empty()) query.bind(filter.type);
  if (filter.from) query.bind(*filter.from);
  if (filter.until) query.bind(*filter.until);
  return query;
}

Result<Circumstances> circumstances_of(Database& store, ledger::LeafIndex index) {
  auto query = store.query(std::string("SELECT ")
                               .append(kCircumstances)
                               .append(" FROM entries e LEFT JOIN persons p ON p.id = e.person"
                                       " WHERE e.idx = ?"));
  CS_TRY(const bool found, query.bind(index).step());
  if (!found) return Error{Errc::not_found, "no such entry"};
  return read_circumstances(query, 0);
}

Result<void> name_entry(Database& store, ledger::LeafIndex index,
                        std::map<ledger::LeafIndex, Circumstances>& entries) {
  if (entries.contains(index)) return {};
  CS_TRY(Circumstances by, circumstances_of(store, index));
  entries.emplace(index, std::move(by));
  return {};
}

Result<std::vector<BlamedCell>> blame_cells(Database& store, std::int64_t edition,
                                            std::string_view key, std::uint64_t bound,
                                            const Cells& cells) {
  // Walks the row's changes from the newest back; a cell's entry is the last one before which its
  // value was another.
  std::vector<BlamedCell> blame;
  for (const auto& [column, value] : cells) blame.push_back({column, value, 0});
  std::vector<std::size_t> open(blame.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  auto query = store.query(
      "SELECT id, removed, cells FROM row_changes WHERE edition = ? AND key = ? AND id < ?"
      " ORDER BY id DESC");
  query.bind(edition, key, bound);
  while (!open.empty()) {
    CS_TRY(const bool found, query.step());
    if (!found || query.integer(1) != 0) break;
    CS_TRY(const Cells then, ledger::decode_cells(query.text(2)));
    const auto index = change_index(query.index(0));
    std::erase_if(open, [&](std::size_t i) {
      const auto at = then.find(blame[i].column);
      if ((at == then.end() ? ledger::Cell() : at->second) != blame[i].value) return true;
      blame[i].index = index;
      return false;
    });
  }
  return blame;
}

}  // namespace countersign::projections
