#include "ledger/crypto/mac.h"
#include "ledger/crypto/random.h"
#include "ledger/crypto/sha256.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

// FIPS 180-4 examples.
TEST(Sha256, SpeaksTheStandardsExamples) {
  EXPECT_EQ(to_hex(sha256(ByteSpan{})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(as_bytes(std::string(1'000'000, 'a')))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, BytesThatComePartByPartCountAsOne) {
  const std::string text(1000, 'x');
  for (const std::size_t width : {1u, 7u, 64u, 999u, 1000u}) {
    RunningSha256 running;
    for (std::size_t at = 0; at < text.size(); at += width) {
      running.add(as_bytes(std::string_view(text).substr(at, width)));
    }
    EXPECT_EQ(running.finish(), sha256(as_bytes(text))) << width;
  }
  EXPECT_EQ(RunningSha256().finish(), sha256(ByteSpan{}));
}

TEST(Sha256, PartsCountAsOne) {
  const std::string text(300, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string head = text.substr(0, cut);
    const std::string tail = text.substr(cut);
    ASSERT_EQ(sha256({as_bytes(head), as_bytes(tail)}), sha256(as_bytes(text))) << cut;
  }
}

TEST(Sha256, ThreadsDoNotDisturbEachOther) {
  const Hash expected = sha256(as_bytes("abc"));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&wrong, &expected, t] {
      for (int i = 0; i < 10'000; ++i) wrong[t] += sha256(as_bytes("abc")) != expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

// RFC 4231, test cases 1, 2 and 6.
TEST(Hmac, SpeaksTheVectorsOfRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(EqualSecrets, ComparesContentAndLength) {
  EXPECT_TRUE(equal_secrets("", ""));
  EXPECT_TRUE(equal_secrets("secret", "secret"));
  EXPECT_FALSE(equal_secrets("secret", "secreT"));
  EXPECT_FALSE(equal_secrets("secret", "secre"));
  EXPECT_FALSE(equal_secrets("secre", "secret"));
  EXPECT_FALSE(equal_secrets("", "secret"));
}

TEST(Random, DoesNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(seen.insert(random_bytes(16)).second);
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(33).size(), 33u);
}

}  // namespace
}  // namespace countersign::ledger
