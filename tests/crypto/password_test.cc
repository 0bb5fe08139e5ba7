#include "ledger/crypto/password.h"

#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

// RFC 7914 section 12, third vector (N = 2^14, r = 8, p = 1). The first half of its 64 bytes is
// the 32-byte key, because PBKDF2 makes its output block by block.
TEST(PasswordVerifier, SpeaksTheVectorOfRfc7914) {
  const std::string verifier =
      "scrypt$14$8$1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046_2o-7qQT44-qbVD9lRdofI";
  EXPECT_TRUE(password_matches(verifier, "pleaseletmein"));
  EXPECT_FALSE(password_matches(verifier, "pleaseletmeiN"));
}

TEST(PasswordVerifier, MatchesOnlyItsPassword) {
  const std::string verifier = make_password_verifier("江畔 2020");
  EXPECT_TRUE(verifier.starts_with("scrypt$14$8$1$"));
  EXPECT_TRUE(password_matches(verifier, "江畔 2020"));
  EXPECT_FALSE(password_matches(verifier, "江畔 2021"));
  EXPECT_FALSE(password_matches(verifier, ""));
  EXPECT_NE(make_password_verifier("江畔 2020"), verifier);
}

TEST(PasswordVerifier, WhatDoesNotParseMatchesNothing) {
  const std::string good = make_password_verifier("p");
  for (const std::string& bad :
       {std::string(), std::string("scrypt"), std::string("scrypt$14$8$1$$"), good + "$",
        good + "A", good.substr(0, good.size() - 4), "bcrypt" + good.substr(6),
        "scrypt$0" + good.substr(9), "scrypt$63" + good.substr(9), "scrypt$-1" + good.substr(9),
        "scrypt$14$9" + good.substr(11)}) {
    EXPECT_FALSE(password_matches(bad, "p")) << bad;
  }
}

TEST(SealedSecret, OpensWithItsPasswordOnly) {
  const std::string secret("\0\x01 a person's signing key \xff", 27);
  const std::string sealed = seal_with_password(secret, "correct");
  EXPECT_EQ(sealed.find("signing"), std::string::npos);
  EXPECT_EQ(open_with_password(sealed, "correct").value(), secret);
  EXPECT_EQ(open_with_password(sealed, "wrong").error().code, Errc::unauthorized);
  EXPECT_NE(seal_with_password(secret, "correct"), sealed);
  EXPECT_EQ(open_with_password(seal_with_password("", "p"), "p").value(), "");
}

TEST(SealedSecret, DoesNotOpenOnceAltered) {
  const std::string sealed = seal_with_password("seed", "p");
  for (std::size_t i = sealed.find('$') + 1; i < sealed.size(); i += 5) {
    std::string bad = sealed;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    const auto opened = open_with_password(bad, "p");
    ASSERT_FALSE(opened) << i;
    EXPECT_EQ(opened.error().code, Errc::unauthorized);
  }
  for (const char* bad : {"", "sealed1", "sealed1$$$", "sealed2$AA$AA$AA", "sealed1$AA$AA$AA"}) {
    EXPECT_FALSE(open_with_password(bad, "p")) << bad;
  }
}

}  // namespace
}  // namespace countersign::ledger
