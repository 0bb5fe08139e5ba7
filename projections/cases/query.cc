#include "projections/cases/query.h"

#include "projections/deadlines/task.h"

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;

namespace {

Result<std::vector<std::string>> facts_of(Database& store, LeafIndex index) {
  return store.query("SELECT fact FROM case_facts WHERE idx = ? ORDER BY position")
      .bind(index)
      .strings();
}

Result<std::vector<CasePack>> packs_of(Database& store, LeafIndex id) {
  std::vector<CasePack> packs;
  auto query = store.query(
      "SELECT idx, hash, bytes, as_of, person, at FROM case_packs WHERE case_idx = ? ORDER BY idx");
  query.bind(id);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return packs;
    packs.push_back({query.index(0), query.string(1), query.index(2), query.index(3),
                     query.string(4), query.instant(5)});
  }
}

Result<std::vector<CaseService>> services_of(Database& store, LeafIndex id) {
  std::vector<CaseService> services;
  auto query = store.query(
      "SELECT idx, pack, objections_until, receiver, person, at, received_by, received_person,"
      " received_at FROM case_services WHERE case_idx = ? ORDER BY idx");
  query.bind(id);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return services;
    CaseService service{query.index(0),
                        query.string(1),
                        query.instant(2),
                        query.string(3),
                        query.string(4),
                        query.instant(5),
                        {}};
    if (!query.is_null(6)) {
      service.received = CaseService::Receipt{query.index(6), query.string(7), query.instant(8)};
    }
    services.push_back(std::move(service));
  }
}

Result<std::vector<CaseText>> case_texts_of(Database& store, LeafIndex id) {
  std::vector<CaseText> texts;
  auto query = store.query(
      "SELECT idx, kind, outcome, bulletin, text, reason, appeal_until, person, at FROM case_texts"
      " WHERE case_idx = ? ORDER BY idx");
  query.bind(id);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return texts;
    CaseText text;
    text.index = query.index(0);
    text.kind = query.string(1);
    text.outcome = query.string(2);
    if (!query.is_null(3)) text.bulletin = query.index(3);
    text.text = query.string(4);
    text.reason = query.string(5);
    text.appeal_until = query.maybe_instant(6);
    text.person = query.string(7);
    text.at = query.instant(8);
    CS_TRY(text.facts, facts_of(store, text.index));
    CS_TRY(text.to,
           store.query("SELECT receiver FROM case_receivers WHERE idx = ? ORDER BY receiver")
               .bind(text.index)
               .strings());
    texts.push_back(std::move(text));
  }
}

// A text lists no fact that was void by then; one that is void now became so later.
Result<std::vector<std::string>> overturned_since(Database& store, LeafIndex text) {
  return store
      .query(
          "SELECT c.fact FROM case_facts c JOIN facts f ON f.id = c.fact WHERE c.idx = ?1"
          " AND (f.state = 'voided' OR EXISTS (SELECT 1 FROM fact_acts a"
          " WHERE a.fact = c.fact AND a.idx > ?1 AND a.verdict IN ('voided', 'corrected')))"
          " ORDER BY c.position")
      .bind(text)
      .strings();
}

std::string state_of(const CaseRecord& record) {
  if (!record.overturned.empty()) return "to_be_corrected";
  if (!record.texts.empty()) return record.texts.front().outcome;
  if (record.packs.empty()) return "opened";
  const bool served =
      !record.services.empty() && record.services.back().index > record.packs.back().index;
  if (!served) return "sealed";
  return record.services.back().received ? "received" : "served";
}

}  // namespace

Result<std::vector<CaseRecord>> StoredCases::cases(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_CHECK(require_campaign(store, campaign));
  std::vector<CaseRecord> records;
  auto query = store.query(
      "SELECT idx, department, title, person, at FROM cases WHERE campaign = ? ORDER BY idx");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return records;
    CaseRecord record;
    record.id = query.index(0);
    record.campaign = campaign;
    record.department = query.string(1);
    record.title = query.string(2);
    record.person = query.string(3);
    record.at = query.instant(4);
    CS_TRY(record.facts, facts_of(store, record.id));
    CS_TRY(record.packs, packs_of(store, record.id));
    CS_TRY(record.services, services_of(store, record.id));
    CS_TRY(record.texts, case_texts_of(store, record.id));
    if (!record.texts.empty()) {
      CS_TRY(record.overturned, overturned_since(store, record.texts.back().index));
    }
    record.state = state_of(record);
    records.push_back(std::move(record));
  }
}

}  // namespace countersign::projections
