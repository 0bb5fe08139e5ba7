#include "api/processes/backups.h"

#include "ledger/base/diagnostics.h"
#include "ledger/base/this_thread.h"

#include <chrono>
#include <utility>

namespace countersign::api {

using ledger::Errc;
using ledger::Result;
using ledger::Timestamp;

namespace {

// How soon a due backup is noticed.
constexpr std::chrono::seconds kLookUp{30};
// After a backup that failed.
constexpr std::chrono::minutes kRetry{10};

Timestamp machine_now() { return ledger::SystemClock().now(); }

}  // namespace

Backups::Backups(const ledger::Reader& reader, std::string verifier_key, BackupSettings settings)
    : reader_(reader), verifier_key_(std::move(verifier_key)), settings_(std::move(settings)) {
  if (const auto made = list(); made && !made->empty()) status_.last_made = made->back().made_at;
  if (!makes_any()) return;
  thread_ = std::thread([this] {
    ledger::name_this_thread("backups");
    follow();
  });
}

Backups::~Backups() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Backups::start() {
  CS_ASSERT(makes_any());
  {
    const std::lock_guard lock(mutex_);
    if (wanted_ || status_.running) return false;
    wanted_ = true;
    status_.running = true;
    status_.bytes_copied = 0;
  }
  changed_.notify_all();
  return true;
}

Backups::Status Backups::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

Result<std::vector<ledger::Backup>> Backups::list() const {
  auto found = ledger::list_backups(settings_.directory);
  if (!found && found.error().code == Errc::not_found) return std::vector<ledger::Backup>();
  return found;
}

void Backups::follow() {
  std::optional<std::chrono::steady_clock::time_point> failed_at;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool waits = failed_at && std::chrono::steady_clock::now() - *failed_at < kRetry;
    const std::int64_t age =
        status_.last_made ? (machine_now().micros - status_.last_made->micros) / 1'000'000 : -1;
    const bool due = settings_.every_hours > 0 && !waits &&
                     (age < 0 || age >= std::int64_t{settings_.every_hours} * 3600);
    if (!wanted_ && !due) {
      changed_.wait_for(lock, kLookUp);
      continue;
    }
    status_.running = true;
    status_.bytes_copied = 0;
    lock.unlock();
    make();
    lock.lock();
    wanted_ = false;
    status_.running = false;
    failed_at.reset();
    if (status_.last_failure) failed_at = std::chrono::steady_clock::now();
  }
}

void Backups::make() {
  const auto done = ledger::back_up(reader_, verifier_key_,
                                    {.directory = settings_.directory,
                                     .evidence = settings_.evidence,
                                     .kept = settings_.kept,
                                     .progress = [this](std::uint64_t bytes) {
                                       const std::lock_guard lock(mutex_);
                                       status_.bytes_copied = bytes;
                                     }});
  if (done) {
    ledger::diag::info("backup.made");
  } else {
    ledger::diag::error("backup.failed",
                        {{"code", std::string(ledger::to_string(done.error().code))},
                         {"why", done.error().detail}});
  }
  const std::lock_guard lock(mutex_);
  if (done) {
    status_.last_made = machine_now();
    status_.last_failure.reset();
  } else {
    status_.last_failure = done.error();
  }
}

}  // namespace countersign::api
