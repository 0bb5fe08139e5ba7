#include "projections/accountability/query.h"

#include "projections/accountability/fact_store.h"
#include "projections/cursor.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

Result<Page<AccountabilityFact>> StoredFacts::facts(const FactFilter& filter,
                                                    const PageRequest& page) const {
  CS_TRY(const auto reading, store_.read());
  Database& store = reading.database();
  Cursor after{0, 0};
  if (!page.after.empty()) {
    CS_TRY(after, decode_cursor(page.after));
  }
  const std::size_t limit = std::clamp<std::size_t>(page.limit, 1, PageRequest::kPageRowsMax);

  std::string sql = std::string("SELECT ").append(kFactColumns).append(" FROM facts WHERE seq > ?");
  if (!filter.campaign.empty()) sql += " AND campaign = ?";
  if (!filter.kind.empty()) sql += " AND kind = ?";
  if (!filter.table.empty()) sql += " AND tbl = ?";
  for (std::size_t i = 0; i < filter.departments.size(); ++i) {
    sql += i == 0 ? " AND department IN (?" : ", ?";
  }
  if (!filter.departments.empty()) sql += ")";
  sql += " ORDER BY seq";
  auto query = store.query(sql);
  query.bind(after[0]);
  for (const std::string* text : {&filter.campaign, &filter.kind, &filter.table}) {
    if (!text->empty()) query.bind(*text);
  }
  for (const auto& department : filter.departments) query.bind(department);

  Page<AccountabilityFact> result;
  result.as_of = reading.as_of();
  std::uint64_t last = 0;
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return result;
    if (result.rows.size() == limit) {
      result.next = encode_cursor({last, 0});
      return result;
    }
    CS_TRY(auto fact, read_fact(store, query));
    result.rows.push_back(std::move(fact));
    last = query.index(0);
  }
}

Result<AccountabilityFact> StoredFacts::fact(const std::string& id) const {
  CS_TRY(const auto reading, store_.read());
  auto query = reading.database().query(
      std::string("SELECT ").append(kFactColumns).append(" FROM facts WHERE id = ?"));
  CS_TRY(const bool found, query.bind(id).step());
  if (!found) return Error{Errc::not_found, "no such fact"};
  return read_fact(reading.database(), query);
}

}  // namespace countersign::projections
