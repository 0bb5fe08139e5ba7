#include "ledger/base/result.h"

#include "ledger/base/ids.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error{Errc::malformed, "odd"};
  return value / 2;
}

Result<int> quarter(int value) {
  CS_TRY(const int once, half(value));
  CS_TRY(const int twice, half(once));
  return twice;
}

Result<void> must_be_even(int value) {
  CS_CHECK(half(value));
  return {};
}

TEST(Result, TryPassesValuesOnAndErrorsUp) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().detail, "odd");
  EXPECT_TRUE(must_be_even(2));
  EXPECT_EQ(must_be_even(3).error().code, Errc::malformed);
}

TEST(Result, CarriesWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> made = std::make_unique<int>(7);
  ASSERT_TRUE(made);
  const std::unique_ptr<int> taken = std::move(made).value();
  EXPECT_EQ(*taken, 7);
}

TEST(ResultDeathTest, TheWrongHalfEndsTheProcess) {
  EXPECT_DEATH(static_cast<void>(half(1).value()), "invariant broken");
  EXPECT_DEATH(static_cast<void>(half(2).error()), "invariant broken");
}

TEST(Errc, EveryCodeHasItsOwnName) {
  EXPECT_EQ(to_string(Errc::not_found), "not_found");
  EXPECT_EQ(to_string(Errc::timeout), "timeout");
  EXPECT_EQ(to_string(Errc::fenced), "fenced");
}

TEST(Id, ComparesByValue) {
  EXPECT_EQ(PersonId("p-0007"), PersonId("p-0007"));
  EXPECT_LT(PersonId("p-0007"), PersonId("p-0008"));
  EXPECT_TRUE(PersonId().empty());
}

}  // namespace
}  // namespace countersign::ledger
