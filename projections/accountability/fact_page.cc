#include "projections/accountability/fact_page.h"

#include <algorithm>
#include <compare>
#include <limits>
#include <set>
#include <string>

namespace countersign::projections {

using ledger::Result;

namespace {

struct FactGroup {
  std::string department;  // empty: of a table, whoever owns it
  std::string campaign;
  std::string kind;
  auto operator<=>(const FactGroup&) const = default;
};

bool lets_through(const FactFilter& filter, const FactGroup& group) {
  const auto& departments = filter.departments;
  return (filter.campaign.empty() || filter.campaign == group.campaign) &&
         (filter.kind.empty() || filter.kind == group.kind) &&
         (departments.empty() ||
          std::ranges::find(departments, group.department) != departments.end());
}

Result<std::set<FactGroup>> groups_of(Database& store, const FactFilter& filter) {
  std::set<FactGroup> groups;
  auto query = store.query("SELECT DISTINCT department, campaign, kind FROM fact_counts");
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return groups;
    FactGroup group{query.string(0), query.string(1), query.string(2)};
    if (!lets_through(filter, group)) continue;
    if (!filter.table.empty()) group.department.clear();
    groups.insert(std::move(group));
  }
}

// The smallest of what it is given, so many of them.
class Smallest {
 public:
  explicit Smallest(std::size_t limit) : limit_(limit) {}

  // Whether a larger one than `seq` may still be wanted.
  bool add(std::uint64_t seq) {
    if (seq >= bound_) return false;
    seqs_.push_back(seq);
    if (seqs_.size() >= 2 * limit_) cut();
    return true;
  }

  std::vector<std::uint64_t> take() {
    cut();
    std::sort(seqs_.begin(), seqs_.end());
    return std::move(seqs_);
  }

 private:
  void cut() {
    if (seqs_.size() <= limit_) return;
    const auto last = seqs_.begin() + static_cast<std::ptrdiff_t>(limit_) - 1;
    std::nth_element(seqs_.begin(), last, seqs_.end());
    bound_ = *last;
    seqs_.resize(limit_);
  }

  const std::size_t limit_;
  std::uint64_t bound_ = std::numeric_limits<std::uint64_t>::max();
  std::vector<std::uint64_t> seqs_;
};

Result<std::vector<std::uint64_t>> all_after(Database& store, std::uint64_t after,
                                             std::size_t limit) {
  std::vector<std::uint64_t> seqs;
  auto query = store.query("SELECT seq FROM facts WHERE seq > ? ORDER BY seq LIMIT ?");
  query.bind(after, limit);
  while (true) {
    CS_TRY(const bool found, query.step());
    if (!found) return seqs;
    seqs.push_back(query.index(0));
  }
}

}  // namespace

Result<std::vector<std::uint64_t>> facts_after(Database& store, const FactFilter& filter,
                                               std::uint64_t after, std::size_t limit) {
  if (filter.campaign.empty() && filter.kind.empty() && filter.table.empty() &&
      filter.departments.empty()) {
    return all_after(store, after, limit);
  }
  CS_TRY(const auto groups, groups_of(store, filter));
  auto query = store.query(
      filter.table.empty()
          ? "SELECT seq, department FROM facts WHERE department = ? AND campaign = ? AND kind = ?"
            " AND seq > ? ORDER BY seq LIMIT ?"
          : "SELECT seq, department FROM facts WHERE tbl = ? AND campaign = ? AND kind = ?"
            " AND seq > ? ORDER BY seq");
  Smallest smallest(limit);
  for (const FactGroup& group : groups) {
    query.restart();
    query.bind(filter.table.empty() ? group.department : filter.table, group.campaign, group.kind,
               after);
    if (filter.table.empty()) query.bind(limit);
    std::size_t taken = 0;
    while (taken < limit) {
      CS_TRY(const bool found, query.step());
      if (!found) break;
      // Of one table, but not always of its owner: who helped late, or handed data out.
      if (!filter.table.empty() &&
          !lets_through(filter, {query.string(1), group.campaign, group.kind})) {
        continue;
      }
      if (!smallest.add(query.index(0))) break;
      ++taken;
    }
  }
  return smallest.take();
}

}  // namespace countersign::projections
