#include "api/http/login_guard.h"
#include "ledger/crypto/password.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

using Verdict = LoginGuard::Verdict;

class LoginGuardTest : public ::testing::Test {
 protected:
  const std::string verifier_ = ledger::make_password_verifier("right");
  const LoginGuard::Clock::time_point start_ = LoginGuard::Clock::now();
};

TEST_F(LoginGuardTest, LocksAfterTooManyFailuresAndOpensAgain) {
  LoginGuard guard({.failures_max = 3, .window = std::chrono::seconds(60)});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(guard.check("a", verifier_, "wrong", start_).verdict, Verdict::wrong);
  }
  const auto locked = guard.check("a", verifier_, "right", start_ + std::chrono::seconds(20));
  EXPECT_EQ(locked.verdict, Verdict::too_many);
  EXPECT_EQ(locked.retry_after.count(), 40);
  EXPECT_EQ(guard.check("b", verifier_, "right", start_).verdict, Verdict::accepted);
  EXPECT_EQ(guard.check("a", verifier_, "right", start_ + std::chrono::seconds(60)).verdict,
            Verdict::accepted);
}

TEST_F(LoginGuardTest, SuccessForgetsFailures) {
  LoginGuard guard({.failures_max = 2});
  EXPECT_EQ(guard.check("a", verifier_, "wrong", start_).verdict, Verdict::wrong);
  EXPECT_EQ(guard.check("a", verifier_, "right", start_).verdict, Verdict::accepted);
  EXPECT_EQ(guard.check("a", verifier_, "wrong", start_).verdict, Verdict::wrong);
  EXPECT_EQ(guard.check("a", verifier_, "right", start_).verdict, Verdict::accepted);
}

TEST_F(LoginGuardTest, AComparisonOfTheCallersOwnCountsLikeAnother) {
  LoginGuard guard({.failures_max = 2});
  EXPECT_EQ(guard
                .check(
                    "a", [] { return true; }, start_)
                .verdict,
            Verdict::accepted);
  EXPECT_EQ(guard
                .check(
                    "a", [] { return false; }, start_)
                .verdict,
            Verdict::wrong);
  EXPECT_EQ(guard.check("a", verifier_, "wrong", start_).verdict, Verdict::wrong);
  bool compared = false;
  const auto locked = guard.check(
      "a", [&] { return compared = true; }, start_);
  EXPECT_EQ(locked.verdict, Verdict::too_many);
  EXPECT_FALSE(compared);
}

TEST_F(LoginGuardTest, UnknownAccountsAreWrongAndLockLikeOthers) {
  LoginGuard guard({.failures_max = 1});
  EXPECT_EQ(guard.check("nobody", "", "", start_).verdict, Verdict::wrong);
  EXPECT_EQ(guard.check("nobody", "", "", start_).verdict, Verdict::too_many);
}

TEST_F(LoginGuardTest, ALockedAccountSurvivesAFloodOfNames) {
  LoginGuard guard({.failures_max = 2, .accounts_max = 3});
  guard.check("a", verifier_, "wrong", start_);
  guard.check("a", verifier_, "wrong", start_);
  for (int i = 0; i < 6; ++i) {
    guard.check("name" + std::to_string(i), "", "x", start_ + std::chrono::seconds(i));
  }
  const auto later = start_ + std::chrono::seconds(6);
  EXPECT_EQ(guard.check("a", verifier_, "right", later).verdict, Verdict::too_many);
  // The first of the flood was forgotten, so it has its tries again.
  EXPECT_EQ(guard.check("name0", "", "x", later).verdict, Verdict::wrong);
  EXPECT_EQ(guard.check("name0", "", "x", later).verdict, Verdict::wrong);
  EXPECT_EQ(guard.check("name0", "", "x", later).verdict, Verdict::too_many);
}

TEST_F(LoginGuardTest, TurnsAwayWhoWouldWaitTooLong) {
  LoginGuard guard({.at_once = 1, .waiting_max = 0});
  std::atomic<int> accepted = 0;
  std::atomic<int> turned_away = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto answer = guard.check("a", verifier_, "right");
      if (answer.verdict == Verdict::accepted) ++accepted;
      if (answer.verdict == Verdict::too_many && answer.retry_after.count() == 1) ++turned_away;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GE(accepted, 1);
  EXPECT_GE(turned_away, 1);
  EXPECT_EQ(accepted + turned_away, 8);
}

}  // namespace
}  // namespace countersign::api
