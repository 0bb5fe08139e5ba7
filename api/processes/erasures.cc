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
using ledger::TreeSize;

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
      if (!*finished) wanted_ = true;
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
Result<bool> Erasures::finish() {
  CS_TRY(const std::optional<TreeSize> up_to, rebuild_views());
  if (!up_to) return false;
  CS_CHECK(purge(*up_to));
  // An erasure that came while the views were built may still be in them.
  CS_TRY(const bool more, ledger_.reader().log().unpurged());
  return !more;
}

Result<std::optional<TreeSize>> Erasures::rebuild_views() {
  std::optional<TreeSize> begun;
  do {
    if (!begun) {
      // One that began before the erasure may have read what is erased: wait for it, then again.
      const TreeSize size = ledger_.reader().size();
      const auto started = views_.rebuild();
      if (started) begun = size;
      if (!started && started.error().code != Errc::conflict) return started.error();
    } else if (const auto rebuild = views_.rebuilding(); !rebuild.running) {
      if (rebuild.last_failure) return ledger::Error{Errc::corrupt, *rebuild.last_failure};
      return begun;
    }
  } while (pause());
  return std::optional<TreeSize>();
}

// Who still reads an older moment will have read it: the views need not be built again for that.
Result<void> Erasures::purge(TreeSize up_to) {
  auto purged = ledger_.purge_erased(up_to);
  while (!purged && purged.error().code == Errc::unavailable && pause()) {
    purged = ledger_.purge_erased(up_to);
  }
  return purged;
}

bool Erasures::pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, kErasureLookUp, [this] { return stopping_; });
}

}  // namespace countersign::api
