#include "projections/accountability/query.h"

#include "projections/accountability/fact_page.h"
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

  // One more tells whether there is a next page.
  CS_TRY(const auto found, facts_after(store, filter, after[0], limit + 1));
  auto query = store.query(
      std::string("SELECT ").append(kFactColumns).append(" FROM facts WHERE seq = ?"));
  Page<AccountabilityFact> result;
  result.as_of = reading.as_of();
  for (const std::uint64_t seq : found) {
    if (result.rows.size() == limit) {
      result.next = encode_cursor({found[limit - 1], 0});
      break;
    }
    query.restart();
    CS_TRY(const bool there, query.bind(seq).step());
    if (!there) return Error{Errc::corrupt, "a fact that is counted is missing"};
    CS_TRY(auto fact, read_fact(store, query));
    result.rows.push_back(std::move(fact));
  }
  return result;
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
