// Instants and clocks. Every instant in the ledger is UTC with microseconds; a zone appears only
// where people read or write (RFC 3339 with offset). Lateness is decided on these instants alone.
#pragma once

#include "ledger/base/result.h"

#include <atomic>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::ledger {

struct Timestamp {
  std::int64_t micros = 0;  // since 1970-01-01T00:00:00Z

  auto operator<=>(const Timestamp&) const = default;
};

struct Duration {
  std::int64_t micros = 0;

  auto operator<=>(const Duration&) const = default;
  static constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000}; }
  static constexpr Duration hours(std::int64_t n) { return {n * 3'600'000'000}; }
};

inline Duration operator-(Timestamp a, Timestamp b) { return {a.micros - b.micros}; }
inline Timestamp operator+(Timestamp a, Duration d) { return {a.micros + d.micros}; }
inline Duration operator+(Duration a, Duration b) { return {a.micros + b.micros}; }
inline Duration operator-(Duration a, Duration b) { return {a.micros - b.micros}; }

// "2020-11-05T15:59:59.000000Z": always UTC, always six decimals, so that text order is time order.
std::string format_utc(Timestamp t);
// "2020-11-05 23:59:59 +08:00", for people. `offset_minutes` east of UTC.
std::string format_local(Timestamp t, int offset_minutes);
// RFC 3339 with an offset or Z; "24:00:00" means the end of that day, as due instants are written.
//   Errc::malformed   no offset, impossible date, leap second, not in UTC's years 0000 to 9999
Result<Timestamp> parse_rfc3339(std::string_view text);

// Source of `received_at` and `sequenced_at`.
// Thread safety: now() may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

// The computer's clock.
class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

// A clock that was set by hand and ticks on from there with real time. Only ledgers that were
// created as simulated may use it; it never goes back.
// Thread safety: all functions may be called from any thread.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(Timestamp start);
  Timestamp now() const override;
  //   Errc::conflict   `t` is before the present simulated time
  Result<void> advance_to(Timestamp t);

 private:
  std::atomic<std::int64_t> offset_micros_;  // simulated time = steady clock + offset
};

}  // namespace countersign::ledger
