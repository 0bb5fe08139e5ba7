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
class BulletinQueries;
class CaseQueries;
class CarryForwardQueries;
class DeadlineQueries;
class EvidenceQueries;
class IndicatorQueries;
class ProceedingQueries;
class RuleQueries;
class RecordQueries;
class ReminderQueries;
class StatisticsQueries;
class SubjectQueries;
class TraceQueries;

struct ViewsOptions {
  // views.sqlite; created if missing, rebuilt if of another version. What is built anew beside it
  // stands in views.1.sqlite and so on, and takes its place.
  std::filesystem::path file;
  // Of one transaction. Many write pages once that few would write again and again.
  std::size_t batch_entries_max = 20'000;
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

  // Builds all views from the first entry, beside the ones that answer meanwhile, and puts them in
  // their place once they are as far. Survives a stop: the next open() goes on with it. When an
  // entry cannot be applied, the building is given up and the present views stay.
  //   Errc::conflict   one is under way      Errc::io   the file cannot be made
  ledger::Result<void> rebuild();
  struct Rebuild {
    bool running = false;
    ledger::TreeSize applied = 0;             // of the one under way
    std::optional<std::string> last_failure;  // of the last one; none when it went well
  };
  Rebuild rebuilding() const;

  const TableQueries& tables() const;
  const AccountabilityQueries& accountability() const;
  const BulletinQueries& bulletins() const;
  const CaseQueries& cases() const;
  const DeadlineQueries& deadlines() const;
  const EvidenceQueries& evidence() const;
  const IndicatorQueries& indicators() const;
  const ProceedingQueries& proceedings() const;
  const RuleQueries& rules() const;
  const RecordQueries& records() const;
  const ReminderQueries& reminders() const;
  const TraceQueries& trace() const;
  const CarryForwardQueries& carry_forward() const;
  const SubjectQueries& subjects() const;
  const StatisticsQueries& statistics() const;

  void stop();

 private:
  class Core;
  explicit Views(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace countersign::projections
