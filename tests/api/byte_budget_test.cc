// What many hold of one budget: shares, the reserve of the small ones, and a holder's own limit.
#include "api/http/byte_budget.h"

#include <vector>

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

constexpr std::size_t kMebi = 1 << 20;
const ByteBudget::Limits kSheets{
    .bytes_max = 256 * kMebi, .reserve = 64 * kMebi, .holder_bytes_max = 128 * kMebi};

TEST(ByteBudget, SharesAreGivenBackOnceHoweverTheyAreMoved) {
  ByteBudget budget({.bytes_max = 100 * kMebi, .holder_bytes_max = 100 * kMebi});
  for (int i = 0; i < 3; ++i) {
    auto share = budget.take(60 * kMebi, "a");
    ASSERT_TRUE(share);
    EXPECT_FALSE(budget.take(60 * kMebi, "a"));
    ByteBudget::Share moved = std::move(*share);
    share.reset();
    EXPECT_FALSE(budget.take(60 * kMebi, "a"));
    auto small = budget.take(1, "a");
    ASSERT_TRUE(small);
    moved = std::move(*small);
    EXPECT_FALSE(budget.take(60 * kMebi, "a"));
  }
}

TEST(ByteBudget, OneHolderGetsAPartOfIt) {
  ByteBudget budget(kSheets);
  auto first = budget.take(64 * kMebi, "a");
  const auto second = budget.take(64 * kMebi, "a");
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(budget.take(ByteBudget::kSmall + 1, "a"));
  EXPECT_TRUE(budget.take(ByteBudget::kSmall, "a"));
  EXPECT_TRUE(budget.take(64 * kMebi, "b"));
  EXPECT_FALSE(budget.take(128 * kMebi + 1, "b"));
  EXPECT_FALSE(budget.take(~std::size_t{0}, "b"));
  first.reset();
  EXPECT_TRUE(budget.take(64 * kMebi, "a"));
}

TEST(ByteBudget, LargeSharesLeaveTheReserveToSmallOnes) {
  ByteBudget budget(kSheets);
  std::vector<ByteBudget::Share> large;
  for (const char* holder : {"a", "b", "c"}) {
    auto share = budget.take(64 * kMebi, holder);
    ASSERT_TRUE(share);
    large.push_back(std::move(*share));
  }
  EXPECT_FALSE(budget.take(ByteBudget::kSmall + 1, "d"));
  std::vector<ByteBudget::Share> small;
  while (auto share = budget.take(ByteBudget::kSmall, "a")) small.push_back(std::move(*share));
  EXPECT_EQ(small.size(), 64 * kMebi / ByteBudget::kSmall);
  EXPECT_FALSE(budget.take(1, "d"));
  small.pop_back();
  EXPECT_TRUE(budget.take(1, "d"));
}

}  // namespace
}  // namespace countersign::api
