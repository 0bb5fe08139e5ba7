#include "api/http/tokens.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace countersign::api {
namespace {

using ledger::Errc;

ledger::AccountRecord record(std::uint32_t epoch = 3) {
  ledger::AccountRecord out;
  out.account.id = ledger::AccountId("hr.filler");
  out.credential_epoch = epoch;
  return out;
}

TEST(Tokens, SaysWhoUntilItExpires) {
  const Tokens tokens(std::string(32, 'a'));
  const auto before = ledger::SystemClock().now();
  const auto issued = tokens.issue(record());
  const auto claims = tokens.verify(issued.token);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->account.value, "hr.filler");
  EXPECT_EQ(claims->credential_epoch, 3u);
  EXPECT_EQ(claims->expires_at, issued.expires_at);
  EXPECT_GE(issued.expires_at, before + ledger::Duration::hours(12));

  const Tokens ended(std::string(32, 'a'), ledger::Duration{0});
  EXPECT_FALSE(tokens.verify(ended.issue(record()).token));
}

TEST(Tokens, NoCharacterCanBeChanged) {
  const Tokens tokens(std::string(32, 'a'));
  const std::string token = tokens.issue(record()).token;
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    const auto claims = tokens.verify(altered);
    ASSERT_FALSE(claims) << i;
    EXPECT_EQ(claims.error().code, Errc::unauthorized);
  }
  EXPECT_FALSE(tokens.verify(token.substr(0, token.size() - 1)));
  EXPECT_FALSE(tokens.verify(token + "."));
  EXPECT_FALSE(tokens.verify(""));
  EXPECT_FALSE(tokens.verify("."));
  EXPECT_FALSE(Tokens(std::string(32, 'b')).verify(token));
}

TEST(Tokens, StandsForAnAccountOnlyWhileItsCredentialDoes) {
  const Tokens tokens(std::string(32, 'a'));
  const TokenClaims claims = tokens.verify(tokens.issue(record()).token).value();
  const ledger::Timestamp now = ledger::SystemClock().now();
  ledger::Directory directory;
  EXPECT_EQ(account_of(claims, directory, now), nullptr);
  auto& account = directory.accounts[ledger::AccountId("hr.filler")] = record();
  EXPECT_EQ(account_of(claims, directory, now), &account);
  account.credential_epoch = 4;
  EXPECT_EQ(account_of(claims, directory, now), nullptr);
  account.credential_epoch = 3;
  account.account.valid_until = now;
  EXPECT_EQ(account_of(claims, directory, now), nullptr);
  account.account.valid_until.reset();
  account.closed = true;
  EXPECT_EQ(account_of(claims, directory, now), nullptr);
}

TEST(LastToken, SaysWhatTheTokenSays) {
  const Tokens tokens(std::string(32, 'a'));
  const std::string one = tokens.issue(record(3)).token;
  const std::string other = tokens.issue(record(4)).token;
  LastToken last;
  EXPECT_FALSE(last.verify(tokens, ""));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(last.verify(tokens, one)->credential_epoch, 3u);
    EXPECT_EQ(last.verify(tokens, one)->account.value, "hr.filler");
    EXPECT_EQ(last.verify(tokens, one + ".").error().code, Errc::unauthorized);
    EXPECT_FALSE(last.verify(tokens, one.substr(0, one.size() - 1)));
    EXPECT_FALSE(last.verify(tokens, ""));
    EXPECT_EQ(last.verify(tokens, other)->credential_epoch, 4u);
  }
}

TEST(LastToken, EndsWhenItsTokenDoes) {
  LastToken last;
  // False: it ended before it was asked for the first time.
  const auto held_and_ended = [&last](ledger::Duration lifetime) {
    const Tokens tokens(std::string(32, 'a'), lifetime);
    const auto issued = tokens.issue(record());
    if (!last.verify(tokens, issued.token)) return false;
    while (ledger::SystemClock().now() < issued.expires_at) std::this_thread::yield();
    EXPECT_EQ(last.verify(tokens, issued.token).error().code, Errc::unauthorized);
    return true;
  };
  ledger::Duration lifetime{10'000};
  while (!held_and_ended(lifetime)) lifetime.micros *= 2;
}

TEST(Tokens, KeyFileIsMadeOncePrivately) {
  const countersign::testing::TempDir directory;
  const std::filesystem::path file = directory / "token.key";
  const auto first = Tokens::open(file);
  ASSERT_TRUE(first);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto second = Tokens::open(file);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->verify(first->issue(record()).token));

  std::filesystem::permissions(file, std::filesystem::perms(0644));
  EXPECT_EQ(Tokens::open(file).error().code, Errc::unauthorized);
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  std::ofstream(file, std::ios::trunc) << "short";
  EXPECT_EQ(Tokens::open(file).error().code, Errc::malformed);
}

}  // namespace
}  // namespace countersign::api
