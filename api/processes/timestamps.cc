#include "api/processes/timestamps.h"

#include "api/telemetry/metrics.h"
#include "ledger/base/diagnostics.h"
#include "ledger/base/this_thread.h"
#include "ledger/crypto/sha256.h"
#include "ledger/crypto/timestamp.h"
#include "ledger/witness/durable_file.h"
#include "projections/deadlines/queries.h"

#include <algorithm>
#include <utility>

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::Timestamp;
using ledger::TimestampInfo;
using ledger::TimestampRequest;

namespace {

constexpr char kQuery[] = "application/timestamp-query";
constexpr char kReply[] = "application/timestamp-reply";
constexpr std::int64_t kMicros = 1'000'000;

// How far the machine's clock is ahead, when it told `before` as the request went out and `after`
// as the reply was there; 0 where both may be right.
std::int64_t seconds_ahead(Timestamp before, Timestamp after, const TimestampInfo& info) {
  const Timestamp latest = ledger::latest_of(info);
  const Timestamp earliest = ledger::earliest_of(info);
  if (before > latest) return (before - latest).micros / kMicros + 1;
  if (after < earliest) return -((earliest - after).micros / kMicros + 1);
  return 0;
}

}  // namespace

Result<std::unique_ptr<Timestamps>> Timestamps::start(
    const TimestampSettings& settings, const ledger::Reader& reader, const ledger::Clock& clock,
    const projections::DeadlineQueries& deadlines, ledger::KeptTimestamps& kept, Metrics& metrics) {
  auto to = destination_of(settings.url, settings.tls_authorities);
  if (!to) return Error{to.error().code, "timestamp_url " + to.error().detail};
  if (settings.authorities.empty()) {
    return Error{Errc::not_found, "timestamp_ca must name those who vouch for the authority"};
  }
  CS_TRY(auto authorities, ledger::read_small_file(settings.authorities));
  if (const auto read = ledger::check_authorities(authorities); !read) {
    return Error{read.error().code, settings.authorities.string() + ": " + read.error().detail};
  }
  if (const auto policy = ledger::make_timestamp_request({}, settings.policy); !policy) {
    return Error{policy.error().code, "timestamp_policy: " + policy.error().detail};
  }
  return std::unique_ptr<Timestamps>(
      new Timestamps(settings, std::move(*to), std::move(authorities),
                     {reader, clock, deadlines, kept, metrics}));
}

Timestamps::Timestamps(TimestampSettings settings, Destination to, std::string authorities,
                       Parts parts)
    : settings_(std::move(settings)),
      to_(std::move(to)),
      authorities_(std::move(authorities)),
      parts_(parts) {
  begin_where_it_was_left();
  thread_ = std::thread([this] {
    ledger::name_this_thread("timestamps");
    follow();
  });
}

Timestamps::~Timestamps() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Timestamps::begin_where_it_was_left() {
  const auto last = parts_.kept.token(parts_.kept.count());
  if (!last) return;
  const auto info = ledger::read_timestamp_reply(last->reply);
  if (!info) return;  // stamped anew, as if there were none
  stamped_ = last->checkpoint;
  // A simulated ledger's clock is not the authority's.
  stamped_due_ = std::min(info->at, parts_.clock.now());
  parts_.metrics.timestamp_made(info->at.micros / kMicros);
}

void Timestamps::follow() {
  do {
    look();
  } while (pause());
}

std::optional<Timestamp> Timestamps::due_unstamped() const {
  const auto due = parts_.deadlines.last_due(parts_.clock.now());
  if (!due || !*due || **due <= stamped_due_) return std::nullopt;
  return **due;
}

void Timestamps::look() {
  const auto due = due_unstamped();
  const auto note = parts_.reader.latest_checkpoint();  // whatever came until the due instant
  if (!note) return;                                    // none yet
  const auto now = std::chrono::steady_clock::now();
  const bool waited = !stamped_at_ || now - *stamped_at_ >= settings_.interval;
  if (!due && (!waited || *note == stamped_)) return;
  if (!std::exchange(owed_, true)) {
    parts_.metrics.timestamp_owed_since(ledger::SystemClock().now().micros / kMicros);
  }
  if (now < not_before_) return;
  if (const auto done = stamp(*note); !done) return failed(done.error().detail);
  stamped_ = *note;
  stamped_at_ = now;
  if (due) stamped_due_ = *due;
  pause_ = std::chrono::seconds(0);
  owed_ = false;
  parts_.metrics.timestamp_owed_since(0);
}

Result<void> Timestamps::stamp(const std::string& note) {
  CS_TRY(const auto request, ledger::make_timestamp_request(ledger::sha256(ledger::as_bytes(note)),
                                                            settings_.policy));
  const ledger::SystemClock machine;
  std::string reply;
  const Timestamp before = machine.now();
  CS_TRY(const TimestampInfo info, ask(request, reply));
  const Timestamp after = machine.now();
  CS_CHECK(parts_.kept.add(note, request.der, reply));
  parts_.metrics.timestamp_made(info.at.micros / kMicros);
  const std::int64_t ahead = seconds_ahead(before, after, info);
  parts_.metrics.clock_ahead(ahead);
  if (ahead != 0) {
    ledger::diag::error("timestamp.clock_differs", {{"authority", ledger::format_utc(info.at)},
                                                    {"machine", ledger::format_utc(after)},
                                                    {"ahead_seconds", std::to_string(ahead)}});
  }
  return {};
}

Result<TimestampInfo> Timestamps::ask(const TimestampRequest& request, std::string& reply) {
  // With a path of its own nothing may follow it.
  CS_TRY(Reply answer,
         post(to_, to_.at.path.empty() ? "/" : "", kQuery, request.der, settings_.time_limit));
  if (answer.status != 200) {
    return Error{Errc::unavailable, "answered with status " + std::to_string(answer.status)};
  }
  if (!answer.content_type.starts_with(kReply)) {
    return Error{Errc::malformed, "answered with something else than a timestamp reply"};
  }
  CS_CHECK(ledger::match_timestamp_reply(answer.body, request));
  CS_TRY(auto info, ledger::verify_timestamp(answer.body, request.imprint, authorities_));
  reply = std::move(answer.body);
  return info;
}

void Timestamps::failed(const std::string& why) {
  pause_ = std::clamp(pause_ * 2, std::chrono::seconds(1), settings_.pause_max);
  not_before_ = std::chrono::steady_clock::now() + pause_;
  parts_.metrics.timestamp_failed();
  ledger::diag::warn("timestamp.failed", {{"why", why}});
}

bool Timestamps::pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, settings_.look, [this] { return stopping_; });
}

}  // namespace countersign::api
