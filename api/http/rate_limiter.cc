#include "api/http/rate_limiter.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <arpa/inet.h>

namespace countersign::api {

namespace {

// Full buckets are forgotten at most this often, so that a flood of addresses does not make every
// request sweep them all.
constexpr std::chrono::seconds kSweepPause{1};

}  // namespace

RateLimiter::RateLimiter(RateLimits limits)
    : limits_(limits),
      capacity_(
          static_cast<double>(limits.per_second * std::max<std::size_t>(limits.burst_seconds, 1))) {
  others_.left = capacity_;
}

RateLimiter::Bucket RateLimiter::refilled(Bucket bucket, Clock::time_point now) const {
  if (now <= bucket.as_of) return bucket;
  const double seconds = std::chrono::duration<double>(now - bucket.as_of).count();
  bucket.left =
      std::min(capacity_, bucket.left + seconds * static_cast<double>(limits_.per_second));
  bucket.as_of = now;
  return bucket;
}

RateLimiter::Bucket& RateLimiter::bucket_of(const std::string& client, Clock::time_point now) {
  const auto found = buckets_.find(client);
  if (found != buckets_.end()) return found->second;
  if (buckets_.size() >= limits_.clients_max && now - swept_ >= kSweepPause) {
    swept_ = now;
    std::erase_if(buckets_,
                  [&](const auto& entry) { return refilled(entry.second, now).left >= capacity_; });
  }
  if (buckets_.size() >= limits_.clients_max) return others_;
  return buckets_.emplace(client, Bucket{capacity_, now}).first->second;
}

std::optional<std::chrono::seconds> RateLimiter::take(const std::string& client, std::size_t cost,
                                                      Clock::time_point now) {
  if (limits_.per_second == 0) return std::nullopt;
  // A cost above what a bucket can hold would never be admitted.
  const double wanted = std::min(static_cast<double>(cost), capacity_);
  const std::lock_guard lock(mutex_);
  Bucket& bucket = bucket_of(client, now);
  bucket = refilled(bucket, now);
  if (bucket.left >= wanted) {
    bucket.left -= wanted;
    return std::nullopt;
  }
  const double seconds = (wanted - bucket.left) / static_cast<double>(limits_.per_second);
  return std::chrono::seconds(std::max<std::int64_t>(1, std::llround(std::ceil(seconds))));
}

std::string client_of_address(std::string_view text) {
  const std::string whole(text.substr(0, text.find('%')));  // without the interface
  in6_addr address{};
  if (::inet_pton(AF_INET6, whole.c_str(), &address) != 1) return whole;
  std::array<char, INET6_ADDRSTRLEN> written{};
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    ::inet_ntop(AF_INET, &address.s6_addr[12], written.data(), written.size());
    return written.data();
  }
  std::fill(std::begin(address.s6_addr) + 8, std::end(address.s6_addr), std::uint8_t{0});
  ::inet_ntop(AF_INET6, &address, written.data(), written.size());
  return std::string(written.data()) + "/64";
}

}  // namespace countersign::api
