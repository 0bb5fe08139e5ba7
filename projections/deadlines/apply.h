#pragma once

#include "projections/step.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace countersign::projections {

// Writes tasks and what belongs to them, and in `meta`, as tasks_moved, the size of the log after
// the last entry that may have opened a task, closed it, or changed when it is due. A change of rows
// alters a few columns of its task alone, which no other view reads while rows change; so they are
// written once for many changes.
// Thread safety: for the projector's thread alone.
class TaskWriter {
 public:
  // REQUIRES: the entry stands in `entries`.
  ledger::Result<void> apply(const Step& step);
  // Whether an entry leaves all tasks as they are, or no view reads of them what it changes.
  static bool is_apart_from_tasks(const ledger::Event& event);
  // Writes what apply() put off; `state` is the one after the last step. Before a transaction ends,
  // and before an entry that is not apart from tasks is folded in.
  ledger::Result<void> write_rest(Database& store, const ledger::State& state);
  // When a transaction was put back.
  void forget() {
    put_off_.clear();
    moved_.reset();
  }

 private:
  std::optional<ledger::TreeSize> moved_;  // since the last transaction
  std::set<std::pair<std::string, std::string>> put_off_;  // campaign and table
};

}  // namespace countersign::projections
