// Timestamps: has an outside authority (RFC 3161) stamp the log's newest checkpoint, on a thread of
// its own: no write ever waits for it. At an interval, when the checkpoint has changed since; and
// as soon as a due instant has passed, so that what had been received by then is on record with
// somebody else's time. A failure is tried again, less and less often, and shows in the metrics.
//
// A reply is kept only when it answers the very request and its signature verifies. With each the
// machine's clock is compared.
//
// Thread safety: one thread.
#pragma once

#include "api/http/outbound.h"
#include "ledger/base/time.h"
#include "ledger/reader.h"
#include "ledger/witness/kept_timestamps.h"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace countersign::projections {
class DeadlineQueries;  // projections/deadlines/queries.h
}

namespace countersign::api {

class Metrics;  // api/telemetry/metrics.h

struct TimestampSettings {
  std::string url;                        // of the authority; empty: nothing is stamped
  std::filesystem::path authorities;      // PEM of those who may vouch for its tokens
  std::filesystem::path tls_authorities;  // as Destination
  std::string policy;                     // dotted; empty: whatever the authority offers
  std::chrono::seconds interval{3600};    // between tokens, at least, unless an instant was due
  std::chrono::seconds pause_max{300};    // after failures
  std::chrono::milliseconds look{1000};   // between looks at the clock and the log
  std::chrono::milliseconds time_limit{5000};  // of one request
};

class Timestamps {
 public:
  // All of them must outlive the object. `clock` is the ledger's; due instants are told by it.
  //   Errc::malformed   the address, the policy or the file of authorities is none
  //   Errc::not_found   there is no such file, or none is named
  static ledger::Result<std::unique_ptr<Timestamps>> start(
      const TimestampSettings& settings, const ledger::Reader& reader, const ledger::Clock& clock,
      const projections::DeadlineQueries& deadlines, ledger::KeptTimestamps& kept,
      Metrics& metrics);
  ~Timestamps();  // a request that is under way ends first

 private:
  struct Parts {
    const ledger::Reader& reader;
    const ledger::Clock& clock;
    const projections::DeadlineQueries& deadlines;
    ledger::KeptTimestamps& kept;
    Metrics& metrics;
  };
  Timestamps(TimestampSettings settings, Destination to, std::string authorities, Parts parts);
  void begin_where_it_was_left();
  void follow();
  void look();
  // The last due instant that has passed and is not stamped yet.
  std::optional<ledger::Timestamp> due_unstamped() const;
  ledger::Result<void> stamp(const std::string& note);
  ledger::Result<ledger::TimestampInfo> ask(const ledger::TimestampRequest& request,
                                            std::string& reply);
  void failed(const std::string& why);
  // False: stopping.
  bool pause();

  const TimestampSettings settings_;
  const Destination to_;
  const std::string authorities_;  // PEM
  const Parts parts_;
  // The thread's own.
  std::string stamped_;               // the note last stamped
  ledger::Timestamp stamped_due_{0};  // due instants up to this one are stamped
  std::optional<std::chrono::steady_clock::time_point> stamped_at_;  // in this process
  std::chrono::steady_clock::time_point not_before_{};
  std::chrono::seconds pause_{0};
  bool owed_ = false;
  std::mutex mutex_;  // guards stopping_
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace countersign::api
