// Time-stamps: what an authority may answer, and every way in which a token does not hold.
#include "ledger/crypto/timestamp.h"

#include "ledger/base/utf8.h"
#include "ledger/crypto/sha256.h"
#include "tests/crypto/timestamp_authority.h"

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using countersign::testing::AuthoritySettings;
using countersign::testing::TestAuthority;

const Timestamp kAt = parse_rfc3339("2020-11-05T16:00:01Z").value();
const Hash kHash = sha256(as_bytes("a checkpoint"));

// "malformed: …", to compare in one look.
template <typename T>
std::string outcome(const Result<T>& result) {
  return result ? "fine" : std::string(to_string(result.error().code)) + ": " + result.error().detail;
}

class TimestampTest : public ::testing::Test {
 protected:
  std::string stamp(const TestAuthority& by, Timestamp at = kAt) const {
    return by.reply(request_.der, at);
  }
  std::string verified(const std::string& reply, const std::string& authorities) const {
    return outcome(verify_timestamp(reply, kHash, authorities));
  }

  const TimestampRequest request_ = make_timestamp_request(kHash).value();
  const TestAuthority authority_;
};

TEST_F(TimestampTest, ATokenSaysWhenByWhomAndHowExactly) {
  const std::string reply = stamp(authority_);
  for (const auto& info : {read_timestamp_reply(reply), match_timestamp_reply(reply, request_),
                           verify_timestamp(reply, kHash, authority_.vouching())}) {
    ASSERT_EQ(outcome(info), "fine");
    EXPECT_EQ(info->at, kAt);
    EXPECT_EQ(info->accuracy, Duration::seconds(1));
    EXPECT_EQ(info->serial, "1267");
    EXPECT_EQ(info->policy, TestAuthority::kPolicy);
    EXPECT_EQ(info->authority, "CN=Test time-stamping authority");
    EXPECT_EQ(latest_of(*info), kAt + Duration::seconds(2));
    EXPECT_EQ(earliest_of(*info).micros, kAt.micros - 1'000'000);
  }
}

TEST_F(TimestampTest, NoAccuracyIsNone) {
  AuthoritySettings settings;
  settings.accuracy_seconds = 0;
  const TestAuthority vague(settings);
  const auto info = verify_timestamp(stamp(vague), kHash, vague.vouching());
  ASSERT_EQ(outcome(info), "fine");
  EXPECT_EQ(info->accuracy, Duration{});
}

TEST_F(TimestampTest, ARequestIsReadAsItWasMade) {
  const auto plain = read_timestamp_request(request_.der);
  ASSERT_EQ(outcome(plain), "fine");
  EXPECT_EQ(plain->imprint, kHash);
  EXPECT_EQ(plain->nonce, request_.nonce);
  EXPECT_EQ(plain->policy, "");
  const auto made = make_timestamp_request(kHash, TestAuthority::kPolicy);
  ASSERT_EQ(outcome(made), "fine");
  EXPECT_EQ(read_timestamp_request(made->der)->policy, TestAuthority::kPolicy);
  EXPECT_NE(made->nonce, request_.nonce);
  for (const char* wrong : {"tsa", "1.2.3.", "9.9", "1.02.3", "2.5.29.37 "}) {
    EXPECT_EQ(outcome(make_timestamp_request(kHash, wrong)),
              "malformed: a policy is an object identifier, such as 1.3.6.1.4.1.13762.3")
        << wrong;
  }
  EXPECT_EQ(outcome(read_timestamp_request(request_.der + "x")),
            "malformed: not a timestamp request (RFC 3161)");
}

TEST_F(TimestampTest, AReplyAnswersItsOwnRequestOnly) {
  const std::string reply = stamp(authority_);
  EXPECT_EQ(outcome(match_timestamp_reply(reply, make_timestamp_request(kHash).value())),
            "unauthorized: the token answers another request: its nonce differs");
  TimestampRequest other = request_;
  other.imprint[31] ^= 1;
  EXPECT_EQ(outcome(match_timestamp_reply(reply, other)),
            "unauthorized: the token stamps something else: its hash differs");
  other = request_;
  other.policy = "1.2.3.5";
  EXPECT_EQ(outcome(match_timestamp_reply(reply, other)),
            "unauthorized: the token is of policy 1.2.3.4.1, not of 1.2.3.5");
  other.policy = TestAuthority::kPolicy;
  EXPECT_EQ(outcome(match_timestamp_reply(reply, other)), "fine");
}

TEST_F(TimestampTest, WhatTheAuthorityRefusesIsSaidInItsWords) {
  const auto unknown = make_timestamp_request(kHash, "1.2.3.5").value();
  const std::string refused = outcome(read_timestamp_reply(authority_.reply(unknown.der, kAt)));
  EXPECT_TRUE(refused.starts_with("unavailable: the authority granted no token: it does not offer "
                                  "this policy (it says: "))
      << refused;
  EXPECT_EQ(verified(authority_.reply(unknown.der, kAt), authority_.vouching()), refused);
  EXPECT_TRUE(outcome(read_timestamp_reply(authority_.reply("no request", kAt)))
                  .starts_with("unavailable: the authority granted no token: it could not read"));
}

TEST_F(TimestampTest, WordsOfStrangersAreTextWhateverTheyHold) {
  // Bytes that are no UTF-8, and what would clear a terminal.
  const std::string words = "policy is not \xe5\x8f\x97\xe7\x90\x86 \xff\xfe\x1b[2J";
  const auto wrapped = [](char tag, const std::string& content) {
    return std::string{tag, static_cast<char>(content.size())} + content;
  };
  const std::string status = std::string("\x02\x01\x02", 3) + wrapped('\x30', wrapped('\x0c', words));
  const auto refused = read_timestamp_reply(wrapped('\x30', wrapped('\x30', status)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_TRUE(is_valid_utf8(refused.error().detail));
  EXPECT_NE(refused.error().detail.find("(it says: policy is not "), std::string::npos);
  EXPECT_EQ(refused.error().detail.find('\x1b'), std::string::npos);
}

TEST_F(TimestampTest, AnotherHashIsNotStamped) {
  EXPECT_EQ(outcome(verify_timestamp(stamp(authority_), sha256(as_bytes("another checkpoint")),
                                     authority_.vouching())),
            "unauthorized: the token stamps something else: its hash differs");
}

TEST_F(TimestampTest, AnotherAuthorityDoesNotVouch) {
  const TestAuthority other;
  EXPECT_TRUE(verified(stamp(authority_), other.vouching())
                  .starts_with("unauthorized: the authority's certificate was not valid for it at "
                               "that time: "));
  // Beside another of the same name it is found by its key.
  EXPECT_EQ(verified(stamp(authority_), other.vouching() + authority_.vouching()), "fine");
}

TEST_F(TimestampTest, TheCertificateCountsAtTheTokensTimeAndNotToday) {
  AuthoritySettings settings;
  EXPECT_EQ(verified(stamp(authority_, settings.valid_from), authority_.vouching()), "fine");
  const Timestamp last{settings.valid_until.micros - 1'000'000};
  EXPECT_EQ(verified(stamp(authority_, last), authority_.vouching()), "fine");
  EXPECT_EQ(verified(stamp(authority_, settings.valid_until), authority_.vouching()),
            "unauthorized: the authority's certificate was not valid for it at that time: "
            "certificate has expired");
  const Timestamp before{settings.valid_from.micros - 1'000'000};
  EXPECT_TRUE(verified(stamp(authority_, before), authority_.vouching())
                  .ends_with("certificate is not yet valid"));
}

TEST_F(TimestampTest, ACertificateThatMayDoMoreOrOtherThanStampIsRefused) {
  for (const char* usage : {"", "timeStamping", "critical,timeStamping,codeSigning",
                            "critical,serverAuth"}) {
    AuthoritySettings settings;
    settings.usage = usage;
    const TestAuthority other(settings);
    const std::string found = verified(stamp(other), other.vouching());
    EXPECT_TRUE(found.ends_with("at that time: unsuitable certificate purpose") ||
                found.ends_with("at that time: unsupported certificate purpose"))
        << usage << ": " << found;
  }
}

TEST_F(TimestampTest, AnOldHashProvesNothing) {
  AuthoritySettings settings;
  settings.digest = "SHA1";
  const TestAuthority old(settings);
  EXPECT_EQ(verified(stamp(old), old.vouching()),
            "unauthorized: the token is signed over a hash that proves nothing");
}

TEST_F(TimestampTest, EveryByteCounts) {
  const std::string reply = stamp(authority_);
  std::size_t unsigned_bytes = 0;
  for (std::size_t i = 0; i < reply.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      std::string changed = reply;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto info = verify_timestamp(changed, kHash, authority_.vouching());
      // The wrapping has bytes that nobody signs; what the token says has none.
      if (!info) continue;
      ++unsigned_bytes;
      EXPECT_EQ(info->at, kAt);
      EXPECT_EQ(info->serial, "1267");
      EXPECT_EQ(info->policy, TestAuthority::kPolicy);
      EXPECT_EQ(info->authority, "CN=Test time-stamping authority");
    }
  }
  EXPECT_LT(unsigned_bytes, 60u);
}

TEST_F(TimestampTest, WhatIsNoReplyIsNotRead) {
  const std::string reply = stamp(authority_);
  for (const std::string& wrong :
       {std::string(), std::string("<html>"), reply + "x", reply.substr(0, reply.size() - 1),
        reply.substr(1), std::string("\x30\x80\x00\x00", 4)}) {
    EXPECT_EQ(outcome(read_timestamp_reply(wrong)), "malformed: not a timestamp reply (RFC 3161)");
  }
  EXPECT_EQ(outcome(read_timestamp_reply(std::string(kTimestampBytesMax + 1, '\x30'))),
            "malformed: longer than any timestamp reply");
  for (std::size_t size = 0; size < reply.size(); size += 7) {
    EXPECT_FALSE(read_timestamp_reply(reply.substr(0, size)));
  }
}

TEST_F(TimestampTest, NamesOfStrangersAreText) {
  AuthoritySettings settings;
  settings.name = "国家授时\n中心";
  const TestAuthority named(settings);
  const auto info = read_timestamp_reply(stamp(named));
  ASSERT_EQ(outcome(info), "fine");
  EXPECT_EQ(info->authority, "CN=国家授时\\0A中心");
}

TEST_F(TimestampTest, AuthoritiesAreReadWhole) {
  EXPECT_EQ(outcome(check_authorities(authority_.vouching() + "text\n" + authority_.vouching())),
            "fine");
  EXPECT_EQ(outcome(check_authorities("")), "malformed: no PEM certificate of an authority");
  EXPECT_EQ(outcome(check_authorities("-----BEGIN CERTIFICATE-----\nAAAA\n"
                                      "-----END CERTIFICATE-----\n")),
            "malformed: a certificate among those of the authorities does not read");
  EXPECT_EQ(verified(stamp(authority_), "nothing"), "malformed: no PEM certificate of an authority");
}

}  // namespace
}  // namespace countersign::ledger
