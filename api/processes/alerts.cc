#include "api/processes/alerts.h"

#include "api/telemetry/metrics.h"
#include "ledger/base/diagnostics.h"
#include "ledger/base/this_thread.h"

#include <iterator>
#include <utility>

namespace countersign::api {

using ledger::Result;

namespace {

constexpr char kTarget[] = "/api/v2/alerts";

// Tried again: it may be another answer next time. Anything else says that what was sent is wrong.
bool may_pass(int status) { return status >= 500 || status == 429 || status == 408; }

}  // namespace

Result<std::unique_ptr<Alerts>> Alerts::start(AlertSettings settings, Metrics& metrics) {
  CS_TRY(auto to, destination_of(settings.url, settings.authorities));
  return std::unique_ptr<Alerts>(new Alerts(std::move(to), std::move(settings), metrics));
}

Alerts::Alerts(Destination to, AlertSettings settings, Metrics& metrics)
    : to_(std::move(to)), settings_(std::move(settings)), metrics_(metrics) {
  thread_ = std::thread([this] {
    ledger::name_this_thread("alerts");
    follow();
  });
}

Alerts::~Alerts() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Alerts::send(Alert alert) {
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = waiting_.size() >= settings_.waiting_max;
    if (!full) waiting_.push_back(std::move(alert));
  }
  if (full) return lost(1, "too many wait");
  changed_.notify_all();
}

void Alerts::follow() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    // One request tells of all that gathered during the last.
    const std::vector<Alert> alerts(std::make_move_iterator(waiting_.begin()),
                                    std::make_move_iterator(waiting_.end()));
    waiting_.clear();
    lock.unlock();
    tell(alerts);
    lock.lock();
  }
}

void Alerts::tell(const std::vector<Alert>& alerts) {
  const ledger::Timestamp now = ledger::SystemClock().now();
  const std::string body = alerts_json(alerts, now, now + settings_.lasts);
  std::string why;
  auto time = settings_.first_pause;
  for (unsigned attempt = 1; attempt <= settings_.attempts_max; ++attempt, time *= 2) {
    const auto status = post_json(to_, kTarget, body, settings_.time_limit);
    if (status && *status / 100 == 2) return metrics_.alerts_sent(alerts.size());
    why = status ? "answered with status " + std::to_string(*status) : status.error().detail;
    metrics_.alert_attempt_failed();
    ledger::diag::warn("alerts.attempt_failed",
                       {{"attempt", std::to_string(attempt)}, {"why", why}});
    if (status && !may_pass(*status)) break;
    if (attempt < settings_.attempts_max && !pause(time)) break;
  }
  lost(alerts.size(), why);
}

void Alerts::lost(std::size_t count, const std::string& why) {
  metrics_.alerts_lost(count);
  ledger::diag::error("alerts.lost", {{"count", std::to_string(count)}, {"why", why}});
}

bool Alerts::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

}  // namespace countersign::api
