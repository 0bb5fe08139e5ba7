#include "projections/subjects/query.h"

#include "ledger/domain/event_codec.h"
#include "projections/cursor.h"
#include "projections/tables/apply.h"
#include "projections/tables/reading.h"
#include "projections/tables/schema.h"

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::LeafIndex;
using ledger::Result;

namespace {

constexpr std::string_view kCorrection =
    "SELECT c.idx, c.tbl, c.key, c.col, c.text, c.person, coalesce(p.name, ''), c.at,"
    " c.answered_by, c.answered_at, c.answer_person, c.answer_department, c.granted, c.reason,"
    " c.change_idx FROM corrections c LEFT JOIN persons p ON p.id = c.person"
    " WHERE c.campaign = ?1 AND (?2 = '' OR c.tbl = ?2) AND (?3 = '' OR c.person = ?3)"
    " AND c.idx >= ?4 ORDER BY c.idx";

// REQUIRES: `query` stands on a row of kCorrection.
CorrectionRecord read_correction(const Query& query) {
  CorrectionRecord record{query.index(0),  query.string(1),  query.string(2),
                          query.string(3), query.string(4),  query.string(5),
                          query.string(6), query.instant(7), {}};
  if (query.is_null(8)) return record;
  CorrectionRecord::Answer answer{query.index(8),
                                  query.instant(9),
                                  query.string(10),
                                  query.string(11),
                                  query.integer(12) != 0,
                                  query.string(13),
                                  {}};
  if (!query.is_null(14)) answer.change = query.index(14);
  record.answer = std::move(answer);
  return record;
}

}  // namespace

Result<std::vector<OwnRow>> StoredSubjects::rows_about(const std::string& campaign,
                                                       const std::string& table,
                                                       const std::string& column,
                                                       const std::string& number) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_TRY(const Edition edition, find_edition(store, campaign, table));
  if (edition.columns.find(", " + quoted_name(column) + " ") == std::string::npos) {
    return Error{Errc::not_found, "no such column"};
  }
  auto query = store.query(
      "SELECT t._key, c.cells, t._etag, e.received_at, u.department FROM " +
      typed_table(campaign, table) +
      " t JOIN row_changes c ON c.id = t._change JOIN entries e ON e.idx = t._etag"
      " JOIN circumstances u ON u.id = e.under WHERE t." +
      quoted_name(column) + " = ? ORDER BY t._key");
  query.bind(number);
  std::vector<OwnRow> rows;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return rows;
    CS_TRY(auto cells, ledger::decode_cells(query.text(1)));
    rows.push_back(
        {{query.string(0), std::move(cells), query.index(2)}, query.instant(3), query.string(4)});
  }
}

Result<Page<CorrectionRecord>> StoredSubjects::corrections(const CorrectionFilter& filter,
                                                           const PageRequest& page) const {
  CS_TRY(const auto reading, store_.read());
  LeafIndex from = 0;
  if (!page.after.empty()) {
    CS_TRY(const Cursor after, decode_cursor(page.after));
    from = after[0] + 1;
  }
  auto query = reading.database().query(kCorrection);
  query.bind(filter.campaign, filter.table, filter.person, from);
  Page<CorrectionRecord> result;
  result.as_of = reading.as_of();
  const std::size_t limit = limit_of(page);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return result;
    if (result.rows.size() == limit) {
      result.next = encode_cursor({result.rows.back().index, 0});
      return result;
    }
    result.rows.push_back(read_correction(query));
  }
}

Result<CorrectionRecord> StoredSubjects::correction(const std::string& campaign,
                                                    const std::string& table,
                                                    LeafIndex index) const {
  CS_TRY(const auto reading, store_.read());
  auto query = reading.database().query(kCorrection);
  CS_TRY(const bool found, query.bind(campaign, table, "", index).step());
  if (!found || query.index(0) != index) return Error{Errc::not_found, "no such correction"};
  return read_correction(query);
}

Result<bool> StoredSubjects::changes(LeafIndex index, const std::string& campaign,
                                     const std::string& table, const std::string& row) const {
  CS_TRY(const auto reading, store_.read());
  CS_TRY(const Edition edition, find_edition(reading.database(), campaign, table));
  auto query = reading.database().query(
      "SELECT 1 FROM row_changes WHERE edition = ? AND key = ? AND id >= ? AND id < ?");
  return query.bind(edition.id, row, change_id(index, 0), change_id(index + 1, 0)).step();
}

}  // namespace countersign::projections
