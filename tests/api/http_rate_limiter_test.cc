// Token buckets: what a client may send at once, in the long run, and in place of another.
#include "api/http/rate_limiter.h"

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

using namespace std::chrono_literals;

const RateLimiter::Clock::time_point kStart{1000s};

TEST(RateLimiter, AdmitsABurstThenTheRate) {
  RateLimiter limiter({.per_second = 10, .burst_seconds = 2});
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(limiter.take("a", 1, kStart)) << i;
  EXPECT_EQ(limiter.take("a", 1, kStart), 1s);
  EXPECT_FALSE(limiter.take("a", 1, kStart + 100ms));
  EXPECT_TRUE(limiter.take("a", 1, kStart + 100ms));
}

TEST(RateLimiter, SaysWhenTheSameRequestWillBeAdmitted) {
  RateLimiter limiter({.per_second = 10, .burst_seconds = 10});
  EXPECT_FALSE(limiter.take("a", 100, kStart));
  const auto wait = limiter.take("a", 50, kStart);
  ASSERT_EQ(wait, 5s);
  EXPECT_TRUE(limiter.take("a", 50, kStart + *wait - 1s));
  EXPECT_FALSE(limiter.take("a", 50, kStart + *wait));
}

TEST(RateLimiter, ClientsDoNotShare) {
  RateLimiter limiter({.per_second = 1, .burst_seconds = 1});
  EXPECT_FALSE(limiter.take("a", 1, kStart));
  EXPECT_TRUE(limiter.take("a", 1, kStart));
  EXPECT_FALSE(limiter.take("b", 1, kStart));
}

TEST(RateLimiter, ACostAboveTheWholeBucketIsAdmittedFromAFullOne) {
  RateLimiter limiter({.per_second = 5, .burst_seconds = 1});
  EXPECT_FALSE(limiter.take("a", 50, kStart));
  EXPECT_TRUE(limiter.take("a", 1, kStart));
}

TEST(RateLimiter, ZeroIsNoLimit) {
  RateLimiter limiter({});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(limiter.take("a", 50, kStart));
}

TEST(RateLimiter, ClientsBeyondThoseRememberedShareOneBucket) {
  RateLimiter limiter({.per_second = 1, .burst_seconds = 2, .clients_max = 2});
  EXPECT_FALSE(limiter.take("a", 1, kStart));
  EXPECT_FALSE(limiter.take("b", 1, kStart));
  EXPECT_FALSE(limiter.take("c", 1, kStart));
  EXPECT_FALSE(limiter.take("d", 1, kStart));
  EXPECT_TRUE(limiter.take("e", 1, kStart));
  EXPECT_FALSE(limiter.take("a", 1, kStart));
  // Once the remembered have been quiet, they are forgotten and there is room.
  EXPECT_FALSE(limiter.take("f", 2, kStart + 10s));
  EXPECT_FALSE(limiter.take("g", 2, kStart + 10s));
}

TEST(RateLimiter, AnAddressIsOneClientAndSoIsAnIpv6Network) {
  EXPECT_EQ(client_of_address("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(client_of_address("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(client_of_address("2001:db8:1:2:3:4:5:6"), client_of_address("2001:db8:1:2::9"));
  EXPECT_NE(client_of_address("2001:db8:1:2::9"), client_of_address("2001:db8:1:3::9"));
  EXPECT_EQ(client_of_address("fe80::1%eth0"), client_of_address("fe80::2%eth1"));
}

}  // namespace
}  // namespace countersign::api
