#include "projections/bulletins/query.h"

#include "projections/deadlines/task.h"

namespace countersign::projections {

using ledger::Result;

namespace {

Result<std::optional<Publication>> publication_of(Database& store, ledger::LeafIndex text) {
  auto query = store.query("SELECT idx, person, at FROM bulletin_publications WHERE text = ?");
  CS_TRY(const bool found, query.bind(text).step());
  if (!found) return std::optional<Publication>();
  Publication publication{query.index(0), query.string(1), query.instant(2), {}};
  CS_TRY(publication.to,
         store.query("SELECT receiver FROM bulletin_receivers WHERE idx = ? ORDER BY receiver")
             .bind(publication.index)
             .strings());
  return std::optional(std::move(publication));
}

}  // namespace

Result<std::vector<BulletinRecord>> StoredBulletins::bulletins(const std::string& campaign) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  CS_CHECK(require_campaign(store, campaign));
  std::vector<BulletinRecord> records;
  auto query = store.query(
      "SELECT bulletin, idx, text, reason, objections_until, person, role, at FROM bulletin_texts"
      " WHERE campaign = ? ORDER BY bulletin, idx");
  query.bind(campaign);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return records;
    if (records.empty() || records.back().id != query.index(0)) {
      records.push_back({query.index(0), campaign, {}});
    }
    BulletinText text;
    text.index = query.index(1);
    text.text = query.string(2);
    text.reason = query.string(3);
    text.objections_until = query.instant(4);
    text.person = query.string(5);
    text.role = query.string(6);
    text.at = query.instant(7);
    CS_TRY(text.departments, store
                                 .query("SELECT department FROM bulletin_departments"
                                        " WHERE idx = ? ORDER BY position")
                                 .bind(text.index)
                                 .strings());
    CS_TRY(text.facts, store
                           .query("SELECT fact FROM bulletin_facts"
                                  " WHERE idx = ? ORDER BY position")
                           .bind(text.index)
                           .strings());
    CS_TRY(text.published, publication_of(store, text.index));
    records.back().texts.push_back(std::move(text));
  }
}

}  // namespace countersign::projections
