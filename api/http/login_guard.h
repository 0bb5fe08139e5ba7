// LoginGuard: where passwords are compared, by one for logins and one for sessions that are asked
// again. It makes guessing slow: an account is locked for a time after too many failures, and only
// few comparisons run at once, because each costs memory and tens of milliseconds by design. An
// account that does not exist is treated, and takes as long, as one that does.
//
// Thread safety: all functions may be called from any thread; check() blocks while it compares.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace countersign::api {

struct LoginLimits {
  std::size_t failures_max = 10;  // within `window`
  std::chrono::seconds window{15 * 60};
  std::size_t at_once = 2;            // comparisons running
  std::size_t waiting_max = 10;       // callers waiting for one to end; more are turned away
  std::size_t accounts_max = 10'000;  // accounts with failures that are remembered
};

class LoginGuard {
 public:
  using Clock = std::chrono::steady_clock;

  explicit LoginGuard(LoginLimits limits = {});

  enum class Verdict { accepted, wrong, too_many };
  struct Answer {
    Verdict verdict;
    std::chrono::seconds retry_after{0};  // with too_many
  };
  // Compares `password` with the account's verifier; pass an empty verifier for an account that
  // does not exist, is not valid or has no credential. Counts failures by account name.
  Answer check(const std::string& account, std::string_view verifier, std::string_view password,
               Clock::time_point now = Clock::now());
  // The same with a comparison of the caller's own that takes as long: opening what the password
  // seals. It runs under the same limits.
  Answer check(const std::string& account, const std::function<bool()>& matches,
               Clock::time_point now = Clock::now());

 private:
  struct Failures {
    std::size_t count = 0;
    Clock::time_point since;
  };

  void make_room(Clock::time_point now);

  const LoginLimits limits_;
  const std::string nobody_;  // a verifier that no password matches

  std::mutex mutex_;  // guards everything below
  std::condition_variable free_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace countersign::api
