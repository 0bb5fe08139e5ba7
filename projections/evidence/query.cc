#include "projections/evidence/query.h"

#include "projections/deadlines/task.h"
#include "projections/evidence/coverage.h"

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr std::string_view kColumns =
    "SELECT idx, tbl, hash, bytes, media_type, custodian, kind, stored, title, file_name,"
    " valid_for, rows, person, department, at, state, changed, reason, changed_by, changed_at,"
    " coalesce((SELECT max(s.idx) FROM statements s WHERE s.campaign = evidence.campaign"
    " AND s.tbl = evidence.tbl AND s.level = 'submission')"
    " < max(evidence.idx, coalesce(evidence.changed, 0)), 0) FROM evidence ";

Result<std::vector<EvidenceCovered>> covers_of(Database& store, ledger::LeafIndex id) {
  std::vector<EvidenceCovered> covers;
  auto query = store.query(
      "SELECT row, col, requirement, indicator FROM evidence_covers WHERE idx = ?"
      " ORDER BY position");
  query.bind(id);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return covers;
    EvidenceCovered cover;
    if (!query.is_null(0)) cover.row = query.string(0);
    cover.column = query.string(1);
    cover.requirement = query.string(2);
    cover.indicator = query.string(3);
    covers.push_back(std::move(cover));
  }
}

Result<std::vector<EvidenceShowing>> showings_of(Database& store, ledger::LeafIndex id) {
  std::vector<EvidenceShowing> showings;
  auto query = store.query(
      "SELECT idx, person, role, receiver, at FROM evidence_shown WHERE evidence = ?"
      " ORDER BY idx");
  query.bind(id);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return showings;
    showings.push_back({query.index(0), query.string(1), query.string(2), query.string(3),
                        query.instant(4)});
  }
}

// REQUIRES: `query` stands on a row of kColumns.
Result<EvidenceRecord> read_record(Database& store, const std::string& campaign,
                                   const Query& query) {
  EvidenceRecord record;
  record.campaign = campaign;
  record.id = query.index(0);
  record.table = query.string(1);
  record.hash = query.string(2);
  record.bytes = query.index(3);
  record.media_type = query.string(4);
  record.custodian = query.string(5);
  record.kind = query.string(6);
  record.stored = query.integer(7) != 0;
  record.title = query.string(8);
  record.file_name = query.string(9);
  record.valid_for = query.string(10);
  record.rows = query.index(11);
  record.person = query.string(12);
  record.department = query.string(13);
  record.at = query.instant(14);
  record.state = query.string(15);
  if (!query.is_null(16)) {
    record.change = EvidenceRecord::Change{query.index(16), query.string(17), query.string(18),
                                           query.instant(19)};
  }
  record.after_signing = query.integer(20) != 0;
  CS_TRY(record.covers, covers_of(store, record.id));
  CS_TRY(record.shown, showings_of(store, record.id));
  return record;
}

}  // namespace

Result<EvidenceList> StoredEvidence::evidence(const std::string& campaign,
                                              const std::string& table) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_CHECK(require_campaign(store, campaign));
  EvidenceList list;
  list.as_of = reading.as_of();
  auto query =
      store.query(std::string(kColumns) + "WHERE campaign = ? AND tbl = ? ORDER BY idx");
  query.bind(campaign, table);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return list;
    CS_TRY(auto record, read_record(store, campaign, query));
    list.records.push_back(std::move(record));
  }
}

Result<EvidenceRecord> StoredEvidence::piece(const std::string& campaign,
                                             ledger::LeafIndex id) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  auto query = store.query(std::string(kColumns) + "WHERE campaign = ? AND idx = ?");
  CS_TRY(const bool found, query.bind(campaign, id).step());
  if (!found) return Error{Errc::not_found, "no such evidence"};
  return read_record(store, campaign, query);
}

Result<CoverageList> StoredEvidence::coverage(const ledger::CampaignDefinition& definition,
                                              const std::string& table) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_CHECK(require_campaign(store, definition.id.value));
  CoverageList list;
  list.as_of = reading.as_of();
  for (const auto& requirement : definition.evidence) {
    if (!table.empty() && requirement.table.value != table) continue;
    CS_TRY(auto coverage, load_coverage(store, definition.id.value, requirement));
    list.coverage.push_back(std::move(coverage));
  }
  return list;
}

}  // namespace countersign::projections
