// Step: one entry on its way into the views. Every view has an apply function that takes a step
// and writes to the store; all of a batch commit together. Where entries are many, a writer keeps
// its statements from step to step.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/events.h"
#include "ledger/domain/row_text.h"
#include "ledger/domain/state.h"
#include "projections/view_store.h"

#include <cstddef>
#include <optional>
#include <string>

namespace countersign::projections {

// What an entry may have altered of its task.
struct TaskBefore {
  ledger::TaskStatus status = ledger::TaskStatus::assigned;
  std::size_t approvals_in_force = 0;
  bool ever_submitted = false;
  ledger::Timestamp due{};
};

struct Step {
  Database& store;
  const ledger::RecordedEvent& event;
  const ledger::RowTexts& rows;  // of RowsChanged, in place of the event's own
  std::string campaign;          // the event's subject; empty when it has none
  std::string table;
  std::optional<TaskBefore> before;  // the subject's task as it was before the entry; none: none
  const ledger::State& after;
  // Whether no later entry belongs to the same command; asked of changes of rows alone.
  bool ends_command = true;

  ledger::LeafIndex index() const { return event.index; }
  const ledger::Task* task() const {
    return after.task(ledger::CampaignId(campaign), ledger::TableKey(table));
  }
  // nullptr when the campaign is not defined.
  const ledger::CampaignDefinition* definition() const {
    return after.directory->campaign(ledger::CampaignId(campaign));
  }
};

// One lambda for each event a view cares about; the rest fall to the last one.
template <typename... Lambdas>
struct Overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <typename... Lambdas>
Overloaded(Lambdas...) -> Overloaded<Lambdas...>;

}  // namespace countersign::projections
