// Witnesses: shows the log's newest checkpoint to witnesses and keeps what they cosign
// (c2sp.org/tlog-witness), on threads of its own: no write ever waits for one. At most one round an
// interval, always with the newest checkpoint alone; in a round all witnesses are asked at once, so
// that they cosign the same one. One that fails is asked less often, until it answers again.
//
// A witness that saw more of this log than there is, or another root, says that the log was rolled
// back or has two histories: the one thing that cannot be found out from within.
//
// Thread safety: one thread.
#pragma once

#include "api/http/outbound.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/cosignature.h"
#include "ledger/reader.h"
#include "ledger/witness/cosigned_checkpoints.h"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace countersign::api {

class Metrics;  // api/telemetry/metrics.h

struct WitnessSettings {
  std::vector<std::string> witnesses;  // each "URL VKEY"
  std::filesystem::path authorities;   // as Destination
  std::chrono::seconds interval{1};    // between rounds, at least
  std::chrono::seconds refresh{300};   // the same checkpoint again, so that its time is recent
  std::chrono::seconds pause_max{60};  // after failures
  std::chrono::milliseconds time_limit{3000};  // of one request
};

struct WitnessAddress {
  Destination to;  // what its requests' targets are below
  ledger::CosignatureVerifier key;
};
//   Errc::malformed   one is not "URL VKEY", or stands there twice
ledger::Result<std::vector<WitnessAddress>> witnesses_of(const WitnessSettings& settings);

class Witnesses {
 public:
  // All of them must outlive the object.
  Witnesses(std::vector<WitnessAddress> addresses, WitnessSettings settings,
            const ledger::Reader& reader, ledger::CosignedCheckpoints& kept, Metrics& metrics);
  ~Witnesses();  // requests that are under way end first

 private:
  struct Asked {
    Asked(WitnessAddress whose, ledger::TreeSize known) : address(std::move(whose)), size(known) {}

    WitnessAddress address;
    ledger::TreeSize size;  // what it cosigned last, as far as is known
    std::string cosigned;   // the text it last cosigned in this process
    std::chrono::steady_clock::time_point cosigned_at{};
    std::chrono::steady_clock::time_point not_before{};
    std::chrono::seconds pause{0};
    std::optional<ledger::NoteSignature> line;  // of this round
  };
  void follow();
  void round();
  bool is_due(const Asked& asked, const std::string& text) const;
  // Sets asked.line, or says why there is none.
  void ask(Asked& asked, const std::string& note, const ledger::Checkpoint& checkpoint);
  bool take(Asked& asked, const std::string& body, const ledger::Checkpoint& checkpoint);
  void put_off(Asked& asked);
  void failed(Asked& asked, const std::string& why);
  void conflict(Asked& asked, const ledger::Checkpoint& checkpoint, const std::string& why);
  // False: stopping.
  bool pause();

  const WitnessSettings settings_;
  const ledger::Reader& reader_;
  ledger::CosignedCheckpoints& kept_;
  Metrics& metrics_;
  std::vector<Asked> asked_;  // the following thread's, and in a round each one's own thread's
  std::mutex mutex_;          // guards stopping_
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace countersign::api
