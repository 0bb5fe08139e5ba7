// TestAuthority: a time-stamping authority for tests, with keys made anew each time. It answers as
// a real one does, at whatever instant a test says, and can be told to err.
#pragma once

#include "ledger/base/time.h"

#include <memory>
#include <string>

namespace countersign::testing {

// What an authority may get wrong, or what it may state.
struct AuthoritySettings {
  ledger::Timestamp valid_from{1'600'000'000'000'000};   // of its certificate: September 2020
  ledger::Timestamp valid_until{1'610'000'000'000'000};  // January 2021
  std::string usage = "critical,timeStamping";           // extended key usage; empty: none
  std::string digest = "SHA256";                         // that it signs over
  std::string name = "Test time-stamping authority";
  int accuracy_seconds = 1;  // 0: states none
};

class TestAuthority {
 public:
  explicit TestAuthority(const AuthoritySettings& settings = {});
  ~TestAuthority();
  TestAuthority(TestAuthority&&) noexcept;

  // The PEM certificate of the one who vouches for it.
  std::string vouching() const;
  // The reply to a request (DER both) that came at `at`. What it cannot serve it refuses in the
  // standard's words.
  std::string reply(const std::string& request, ledger::Timestamp at) const;

  static constexpr const char* kPolicy = "1.2.3.4.1";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace countersign::testing
