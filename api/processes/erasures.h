// Erasures: finishes what a recorded erasure began, on a thread of its own. The log answers without
// the erased items as soon as the order is an entry; here the views are built anew without them, and
// then what storage still holds of them is purged. What a stop cut off is taken up by the next start.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace countersign::ledger {
class Ledger;
}
namespace countersign::projections {
class Views;
}

namespace countersign::api {

class Erasures {
 public:
  // Both must outlive it.
  Erasures(ledger::Ledger& ledger, projections::Views& views);
  ~Erasures();

  // An erasure was recorded.
  void begin();

  struct Status {
    bool pending = false;                       // storage may still hold something erased
    std::optional<ledger::Error> last_failure;  // of the last attempt; none when it went well
  };
  Status status() const;

 private:
  void follow();
  // False: there is more to do by now, or this is stopping.
  ledger::Result<bool> finish();
  // Builds the views anew. The log's size before that, of which they hold nothing that is erased;
  // none: this is stopping.
  ledger::Result<std::optional<ledger::TreeSize>> rebuild_views();
  ledger::Result<void> purge(ledger::TreeSize up_to);
  // Waits for a moment; false: this is stopping.
  bool pause();

  ledger::Ledger& ledger_;
  projections::Views& views_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Status status_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace countersign::api
