// RateLimiter: a token bucket for each client, so that one of them cannot take what the others
// need. A client is an account when the request brings a valid token, else the network address it
// comes from.
//
// Thread safety: all functions may be called from any thread; none blocks for long.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace countersign::api {

struct RateLimits {
  std::size_t per_second = 0;        // requests of one client in the long run; 0: no limit
  std::size_t burst_seconds = 10;    // of that rate may come at once
  std::size_t clients_max = 10'000;  // remembered; more share one bucket
};

class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RateLimiter(RateLimits limits);

  // Takes `cost` from the client's bucket; nullopt: admitted. Otherwise nothing is taken, and the
  // value says after how long the same request will be.
  std::optional<std::chrono::seconds> take(const std::string& client, std::size_t cost,
                                           Clock::time_point now = Clock::now());

 private:
  struct Bucket {
    double left = 0;
    Clock::time_point as_of;
  };

  Bucket& bucket_of(const std::string& client, Clock::time_point now);
  Bucket refilled(Bucket bucket, Clock::time_point now) const;

  const RateLimits limits_;
  const double capacity_;

  std::mutex mutex_;  // guards everything below
  std::unordered_map<std::string, Bucket> buckets_;
  Bucket others_;  // of clients that found no room
  Clock::time_point swept_;
};

// The part of an address that one client is known by: IPv4 as it is, also when mapped into IPv6;
// of other IPv6 addresses the first 64 bits, since whoever has one has all of those.
// `text` is what inet_ntop writes.
std::string client_of_address(std::string_view text);

}  // namespace countersign::api
