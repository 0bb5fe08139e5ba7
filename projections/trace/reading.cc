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

namespace {

constexpr std::string_view kEntry =
    "SELECT e.idx, c.type, c.person, coalesce(p.name, ''), c.account, c.role, c.department,"
    " c.on_behalf_of, e.received_at, e.claimed_at, c.version, c.review_state, e.reason, c.tbl"
    " FROM entries e JOIN circumstances c ON c.id = e.under LEFT JOIN persons p"
    " ON p.id = c.person WHERE e.idx = ?";

Circumstances read_circumstances(const Query& query) {
  return {.index = query.index(0),
          .type = query.string(1),
          .person = query.string(2),
          .person_name = query.string(3),
          .account = query.string(4),
          .role = query.string(5),
          .department = query.string(6),
          .on_behalf_of = query.string(7),
          .received_at = query.instant(8),
          .claimed_at = query.maybe_instant(9),
          .version = static_cast<std::uint32_t>(query.integer(10)),
          .review_state = query.string(11),
          .reason = query.string(12)};
}

// The circumstances that a filter means.
Query meant_by(Database& store, const EntryFilter& filter) {
  std::string sql("SELECT id FROM circumstances WHERE campaign = ?");
  sql.append(filter.table.empty() ? "" : " AND tbl = ?")
      .append(filter.person.empty() ? "" : " AND (person = ? OR on_behalf_of = ?)")
      .append(filter.department.empty() ? "" : " AND department = ?")
      .append(filter.type.empty() ? "" : " AND type = ?");
  Query query = store.query(sql);
  query.bind(filter.campaign);
  if (!filter.table.empty()) query.bind(filter.table);
  if (!filter.person.empty()) query.bind(filter.person, filter.person);
  if (!filter.department.empty()) query.bind(filter.department);
  if (!filter.type.empty()) query.bind(filter.type);
  return query;
}

}  // namespace

EntryWalk::EntryWalk(Database& store, const EntryFilter& filter, Order order)
    : beyond_(store.query(
          order == Order::oldest_first
              ? "SELECT idx FROM entries WHERE under = ? AND idx >= ? ORDER BY idx LIMIT 1"
              : "SELECT idx FROM entries WHERE under = ? AND idx <= ? ORDER BY idx DESC LIMIT 1")),
      entry_(store.query(kEntry)),
      from_(filter.from),
      until_(filter.until),
      order_(order) {}

Result<EntryWalk> EntryWalk::begin(Database& store, const EntryFilter& filter,
                                   ledger::LeafIndex start, Order order) {
  EntryWalk walk(store, filter, order);
  auto meant = meant_by(store, filter);
  while (true) {
    CS_TRY(const bool found, meant.step());
    if (!found) return walk;
    CS_CHECK(walk.add(meant.integer(0), start));
  }
}

bool EntryWalk::later(const Head& a, const Head& b) const {
  return order_ == Order::oldest_first ? a.index > b.index : a.index < b.index;
}

Result<void> EntryWalk::add(std::int64_t under, ledger::LeafIndex from) {
  beyond_.restart();
  CS_TRY(const bool found, beyond_.bind(under, from).step());
  if (!found) return {};
  heads_.push_back({beyond_.index(0), under});
  std::ranges::push_heap(heads_, [this](const Head& a, const Head& b) { return later(a, b); });
  return {};
}

Result<std::optional<EntryWalk::Entry>> EntryWalk::next() {
  while (!heads_.empty()) {
    std::ranges::pop_heap(heads_, [this](const Head& a, const Head& b) { return later(a, b); });
    const Head head = heads_.back();
    heads_.pop_back();
    entry_.restart();
    CS_TRY(const bool found, entry_.bind(head.index).step());
    if (!found) return Error{Errc::corrupt, "view store: an entry is missing"};
    Entry entry{read_circumstances(entry_), entry_.string(13)};
    if (order_ == Order::oldest_first) {
      CS_CHECK(add(head.under, head.index + 1));
    } else if (head.index > 0) {
      CS_CHECK(add(head.under, head.index - 1));
    }
    const auto at = entry.by.received_at;
    if ((from_ && at < *from_) || (until_ && at >= *until_)) continue;
    return std::optional(std::move(entry));
  }
  return std::optional<Entry>();
}

Result<Circumstances> circumstances_of(Database& store, ledger::LeafIndex index) {
  auto query = store.query(kEntry);
  CS_TRY(const bool found, query.bind(index).step());
  if (!found) return Error{Errc::not_found, "no such entry"};
  return read_circumstances(query);
}

Result<std::uint64_t> rows_changed_by(Database& store, ledger::LeafIndex index) {
  auto query = store.query("SELECT count(*) FROM row_changes WHERE id >= ? AND id < ?");
  CS_CHECK(query.bind(change_id(index, 0), change_id(index + 1, 0)).step());
  return query.index(0);
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
