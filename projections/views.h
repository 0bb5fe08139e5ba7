// Views: the read side in one place. Owns the view store (one SQLite file, rebuildable, deletable)
// and the projector, the thread that follows the ledger and applies entries to every view, one
// transaction per batch together with its applied index.
//
// Thread safety: all functions may be called from any thread. Each query sees one applied index.
#pragma once

#include "ledger/base/result.h"
#include "ledger/reader.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace countersign::projections {

class TableQueries;
class AccountabilityQueries;
class DeadlineQueries;
class TraceQueries;

struct ViewsOptions {
  std::filesystem::path file;  // views.sqlite; created if missing, rebuilt if of another version
  std::size_t batch_entries_max = 2000;
  std::size_t query_connections = 4;
};

class Views {
 public:
  // Opens or creates the store, compares it with the ledger (a view ahead of the ledger or of
  // another origin is discarded and rebuilt) and starts following. `reader` must outlive the views.
  //   ledger::Errc::io   the file cannot be opened
  static ledger::Result<std::unique_ptr<Views>> open(const ledger::Reader& reader,
                                                     ViewsOptions options);
  ~Views();  // stop()

  // Entries 0 … applied()-1 are in the views.
  ledger::TreeSize applied() const;
  // Blocks until applied() >= at_least; false on timeout or when parked.
  bool wait_for(ledger::TreeSize at_least, std::chrono::milliseconds timeout) const;
  // Set when an entry could not be applied: the views stay as they were before it, say so, and
  // never skip it.
  struct Parked {
    ledger::LeafIndex index;
    std::string why;
  };
  std::optional<Parked> parked() const;

  const TableQueries& tables() const;
  const AccountabilityQueries& accountability() const;
  const DeadlineQueries& deadlines() const;
  const TraceQueries& trace() const;

  void stop();

 private:
  class Core;
  explicit Views(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace countersign::projections
