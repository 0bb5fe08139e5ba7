// Pages of facts and what is counted of them, against all facts looked at one by one.
#include "projections/accountability/fact_page.h"
#include "projections/accountability/fact_store.h"
#include "projections/accountability/schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

namespace countersign::projections {
namespace {

constexpr std::size_t kFacts = 600;

const std::vector<std::string> kDepartments{"AA", "HR", "LIB"};
const std::vector<std::string> kCampaigns{"", "2019", "2020"};
const std::vector<std::string> kKinds{"F1", "F4", "F9"};
const std::vector<std::string> kTables{"", "staff", "books"};
const std::vector<std::string> kStates{"open", "objected", "corrected", "voided"};

class FactPages : public ::testing::Test {
 protected:
  FactPages() {
    store_ = Database::open(":memory:", Database::Mode::write).value();
    EXPECT_TRUE(store_->script(kAccountabilitySchema));
    for (std::size_t i = 0; i < kFacts; ++i) {
      AccountabilityFact fact;
      fact.id = "F-" + std::to_string(i);
      fact.kind = drawn(kKinds);
      fact.state = "open";
      fact.campaign = drawn(kCampaigns);
      fact.table = drawn(kTables);
      fact.department = drawn(kDepartments);
      fact.counts = random_() % 2 == 0;
      facts_.push_back(fact);
      EXPECT_TRUE(insert_fact(*store_, fact));
    }
  }

  const std::string& drawn(const std::vector<std::string>& of) { return of[random_() % of.size()]; }

  std::vector<std::uint64_t> expected(const FactFilter& filter, std::uint64_t after,
                                      std::size_t limit) const {
    std::vector<std::uint64_t> seqs;
    for (std::size_t seq = after + 1; seq <= facts_.size() && seqs.size() < limit; ++seq) {
      const AccountabilityFact& fact = facts_[seq - 1];
      const auto fits = [](const std::string& wanted, const std::string& is) {
        return wanted.empty() || wanted == is;
      };
      const auto& departments = filter.departments;
      const bool of_department =
          departments.empty() ||
          std::find(departments.begin(), departments.end(), fact.department) != departments.end();
      if (fits(filter.campaign, fact.campaign) && fits(filter.kind, fact.kind) &&
          fits(filter.table, fact.table) && of_department) {
        seqs.push_back(seq);
      }
    }
    return seqs;
  }

  std::mt19937_64 random_{7};
  std::unique_ptr<Database> store_;
  std::vector<AccountabilityFact> facts_;
};

TEST_F(FactPages, EveryFilterAndPageShowsTheFirstThatFit) {
  std::size_t shown = 0;
  for (const auto& campaign : kCampaigns) {
    for (const auto& table : kTables) {
      for (const std::string kind : {"", "F1", "F9", "F99"}) {
        for (const auto& departments : std::vector<std::vector<std::string>>{
                 {}, {"HR"}, {"AA", "LIB"}, {"nobody"}}) {
          const FactFilter filter{campaign, departments, kind, table};
          for (const std::size_t limit : {std::size_t{1}, std::size_t{7}, 2 * kFacts}) {
            for (const std::uint64_t after : {std::uint64_t{0}, std::uint64_t{123}, kFacts - 3}) {
              const auto page = facts_after(*store_, filter, after, limit);
              ASSERT_TRUE(page);
              ASSERT_EQ(*page, expected(filter, after, limit));
              shown += page->size();
            }
          }
        }
      }
    }
  }
  EXPECT_GT(shown, kFacts);
}

TEST_F(FactPages, WhatIsCountedFollowsEveryJudgement) {
  for (std::size_t i = 0; i < 200; ++i) {
    AccountabilityFact& fact = facts_[random_() % facts_.size()];
    fact.state = drawn(kStates);
    ASSERT_TRUE(set_fact_state(*store_, fact.id, fact.state));
  }
  using Group = std::tuple<std::string, std::string, std::string, std::string, bool>;
  std::map<Group, std::int64_t> expected;
  for (const auto& fact : facts_) {
    ++expected[{fact.department, fact.campaign, fact.kind, fact.state, fact.counts}];
  }
  std::map<Group, std::int64_t> counted;
  auto query = store_->query("SELECT * FROM fact_counts WHERE facts != 0");
  while (query.step().value()) {
    counted[{query.string(0), query.string(1), query.string(2), query.string(3),
             query.integer(4) != 0}] = query.integer(5);
  }
  EXPECT_EQ(counted, expected);
}

}  // namespace
}  // namespace countersign::projections
