#include "api/http/login_guard.h"

#include "ledger/base/bytes.h"
#include "ledger/crypto/password.h"
#include "ledger/crypto/random.h"

#include <algorithm>
#include <tuple>

namespace countersign::api {

namespace {

std::chrono::seconds until(LoginGuard::Clock::time_point then, LoginGuard::Clock::time_point now) {
  return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(then - now));
}

}  // namespace

LoginGuard::LoginGuard(LoginLimits limits)
    : limits_(limits),
      nobody_(ledger::make_password_verifier(
          ledger::to_hex(ledger::as_bytes(ledger::random_bytes(16))))) {}

LoginGuard::Answer LoginGuard::check(const std::string& account, std::string_view verifier,
                                     std::string_view password, Clock::time_point now) {
  const bool known = !verifier.empty();
  return check(
      account,
      [&] { return ledger::password_matches(known ? verifier : nobody_, password) && known; }, now);
}

LoginGuard::Answer LoginGuard::check(const std::string& account,
                                     const std::function<bool()>& matches, Clock::time_point now) {
  {
    std::unique_lock lock(mutex_);
    const auto found = failures_.find(account);
    if (found != failures_.end() && now - found->second.since >= limits_.window) {
      failures_.erase(found);
    } else if (found != failures_.end() && found->second.count >= limits_.failures_max) {
      return {Verdict::too_many, until(found->second.since + limits_.window, now)};
    }
    if (running_ == limits_.at_once) {
      if (waiting_ == limits_.waiting_max) return {Verdict::too_many, std::chrono::seconds(1)};
      ++waiting_;
      free_.wait(lock, [this] { return running_ < limits_.at_once; });
      --waiting_;
    }
    ++running_;
  }
  const bool right = matches();

  const std::lock_guard lock(mutex_);
  --running_;
  free_.notify_one();
  if (right) {
    failures_.erase(account);
    return {Verdict::accepted};
  }
  if (!failures_.contains(account)) make_room(now);
  const auto failures = failures_.try_emplace(account, Failures{0, now}).first;
  ++failures->second.count;
  return {Verdict::wrong};
}

void LoginGuard::make_room(Clock::time_point now) {
  if (failures_.size() < limits_.accounts_max) return;
  std::erase_if(failures_,
                [&](const auto& entry) { return now - entry.second.since >= limits_.window; });
  if (failures_.size() < limits_.accounts_max) return;
  // A flood of invented names must not push out a locked account: drop the least suspicious.
  const auto less = [](const auto& a, const auto& b) {
    return std::tie(a.second.count, a.second.since) < std::tie(b.second.count, b.second.since);
  };
  const auto least = std::min_element(failures_.begin(), failures_.end(), less);
  failures_.erase(least);
}

}  // namespace countersign::api
