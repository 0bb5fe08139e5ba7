// Alerts: tells an Alertmanager what happened, on a thread of its own. Whoever has something to
// tell never waits: at most a bounded number of alerts wait, and each is tried a bounded number of
// times. One that could not be told is counted and diagnosed; what it was about stands in the
// ledger all the same.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "api/http/outbound.h"
#include "api/wire/alert_json.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace countersign::api {

class Metrics;  // api/telemetry/metrics.h

struct AlertSettings {
  std::string url;                    // of the Alertmanager; empty: nothing is told
  std::filesystem::path authorities;  // as Destination
  std::size_t waiting_max = 1000;
  unsigned attempts_max = 8;
  std::chrono::milliseconds first_pause{1000};  // after a failure; twice as long after each further
  std::chrono::milliseconds time_limit{5000};   // of one attempt
  // How long an alert is on, long enough for the Alertmanager to gather and send a group.
  ledger::Duration lasts = ledger::Duration::hours(1);
};

class Alerts {
 public:
  // `metrics` must outlive the alerts.
  //   Errc::malformed   the address is none
  static ledger::Result<std::unique_ptr<Alerts>> start(AlertSettings settings, Metrics& metrics);
  ~Alerts();  // what still waits is tried once more

  // Takes an alert to be told. When too many wait it is lost.
  void send(Alert alert);

 private:
  Alerts(Destination to, AlertSettings settings, Metrics& metrics);
  void follow();
  // Until told, refused, tried often enough, or stopping.
  void tell(const std::vector<Alert>& alerts);
  void lost(std::size_t count, const std::string& why);
  // False: stopping.
  bool pause(std::chrono::milliseconds time);

  const Destination to_;
  const AlertSettings settings_;
  Metrics& metrics_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Alert> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace countersign::api
