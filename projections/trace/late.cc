// Changes after a milestone, and the sizes that statements stand at.
#include "projections/cursor.h"
#include "projections/tables/reading.h"
#include "projections/trace/query.h"
#include "projections/trace/reading.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

struct Reached {
  ledger::Timestamp at;
  std::optional<ledger::LeafIndex> entry;
};

// The milestone of each table that has reached it.
Result<std::map<std::string, Reached>> reached(Database& store, const std::string& campaign,
                                               const Milestone& milestone) {
  std::map<std::string, Reached> tables;
  if (milestone.kind == Milestone::Kind::statement) {
    auto query = store.query(
        "SELECT tbl, min(idx), at FROM statements WHERE campaign = ? AND level = ? GROUP BY tbl");
    query.bind(campaign, milestone.level);
    while (true) {
      CS_TRY(const bool found, query.step());
      if (!found) return tables;
      tables[query.string(0)] = {query.instant(2), query.index(1)};
    }
  }
  auto query = store.query("SELECT tbl, due, due_first FROM tasks WHERE campaign = ?");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return tables;
    tables[query.string(0)] = {milestone.kind == Milestone::Kind::instant ? milestone.at
                               : milestone.kind == Milestone::Kind::due   ? query.instant(1)
                                                                          : query.instant(2),
                               std::nullopt};
  }
}

}  // namespace

Result<Page<LateChange>> StoredTrace::late_changes(const EntryFilter& filter,
                                                   const Milestone& milestone,
                                                   const PageRequest& request) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  if (!filter.table.empty()) {
    CS_TRY(const Edition edition, find_edition(store, filter.campaign, filter.table));
    static_cast<void>(edition);
  }
  CS_TRY(const auto milestones, reached(store, filter.campaign, milestone));
  std::uint64_t from = kNewestChange;
  if (!request.after.empty()) {
    CS_TRY(const Cursor cursor, decode_cursor(request.after));
    from = std::min(cursor[0], kNewestChange);
  }
  EntryFilter changes = filter;
  changes.type = "rows.changed";
  CS_TRY(auto entries, EntryWalk::begin(store, changes, from, EntryWalk::Order::newest_first));
  Page<LateChange> page;
  page.as_of = reading.as_of();
  while (true) {
    CS_TRY(auto entry, entries.next());
    if (!entry) return page;
    const auto table = milestones.find(entry->table);
    if (table == milestones.end()) continue;
    const Reached& mark = table->second;
    const Circumstances& by = entry->by;
    // After a statement by the order of the log; after an instant by receipt.
    const bool late = mark.entry ? by.index > *mark.entry : by.received_at > mark.at;
    if (!late) continue;
    if (page.rows.size() == limit_of(request)) {
      page.next = encode_cursor({by.index, 0});
      return page;
    }
    CS_TRY(const std::uint64_t rows, rows_changed_by(store, by.index));
    page.rows.push_back({.act = {by, table->first, rows},
                         .milestone = mark.at,
                         .milestone_entry = mark.entry,
                         .late = by.received_at - mark.at});
  }
}

Result<ledger::TreeSize> StoredTrace::size_at_statement(const std::string& campaign,
                                                        const std::string& table,
                                                        const std::string& level,
                                                        const std::string& person,
                                                        std::uint32_t version) const {
  CS_TRY(const auto reading, store_.read());
  auto query = reading.database().query(
      "SELECT idx FROM statements WHERE campaign = ?1 AND tbl = ?2"
      " AND (?3 = level OR (?3 = '' AND level <> 'submission'))"
      " AND (?4 = '' OR person = ?4 OR on_behalf_of = ?4) AND (?5 = 0 OR version = ?5)"
      " ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool found, query.bind(campaign, table, level, person, version).step());
  if (!found) return Error{Errc::not_found, "no such statement about the table"};
  return query.index(0) + 1;
}

}  // namespace countersign::projections
