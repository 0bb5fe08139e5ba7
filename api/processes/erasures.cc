#include "api/processes/erasures.h"

#include "ledger/base/diagnostics.h"
#include "ledger/base/this_thread.h"
#include "ledger/ledger.h"
#include "projections/views.h"

#include <chrono>
#include <string>

namespace countersign::api {

using ledger::Errc;
using ledger::Result;

namespace {

constexpr std::chrono::milliseconds kErasureLookUp{200};
constexpr std::chrono::minutes kErasureRetry{10};

}  // namespace

Erasures::Erasures(ledger::Ledger& ledger, projections::Views& views)
    : ledger_(ledger), views_(views) {
  // Unknown is taken for pending: the attempt says what is wrong.
  const auto unpurged = ledger.reader().log().unpurged();
  wanted_ = !unpurged || *unpurged;
  status_.pending = wanted_;
  thread_ = std::thread([this] {
    ledger::name_this_thread("erasures");
    follow();
  });
}

Erasures::~Erasures() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Erasures::begin() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
    status_.pending = true;
  }
  changed_.notify_all();
}

Erasures::Status Erasures::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Erasures::follow() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    const auto finished = finish();
    lock.lock();
    if (stopping_) return;
    if (finished) {
      status_.last_failure.reset();
      status_.pending = wanted_;
      if (!wanted_) ledger::diag::info("erasure.finished");
      continue;
    }
    status_.last_failure = finished.error();
    ledger::diag::error("erasure.not_finished",
                        {{"code", std::string(ledger::to_string(finished.error().code))},
                         {"why", finished.error().detail}});
    changed_.wait_for(lock, kErasureRetry, [this] { return wanted_ || stopping_; });
    wanted_ = true;
  }
}

// The views first: a stop in between leaves the log marked, and the next start does both again.
Result<void> Erasures::finish() {
  CS_TRY(const bool built, rebuild_views());
  if (!built) return {};
  return ledger_.purge_erased();
}

Result<bool> Erasures::rebuild_views() {
  bool begun = false;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    if (!begun) {
      // One that began before the erasure may have read what is erased: wait for it, then again.
      const auto started = views_.rebuild();
      if (!started && started.error().code != Errc::conflict) return started.error();
      begun = started.has_value();
    } else if (const auto rebuild = views_.rebuilding(); !rebuild.running) {
      if (rebuild.last_failure) return ledger::Error{Errc::corrupt, *rebuild.last_failure};
      return true;
    }
    lock.lock();
    changed_.wait_for(lock, kErasureLookUp, [this] { return stopping_; });
  }
  return false;
}

}  // namespace countersign::api
