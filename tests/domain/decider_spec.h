// Given what happened, when somebody asks, then this happens or this guard refuses: the domain
// tested through decide() and evolve() alone.
#pragma once

#include "ledger/domain/decide.h"
#include "ledger/domain/state_codec.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {

// "10-12 09:10" of 2020 at +08:00.
Timestamp at(const std::string& day_and_time);

// The definition the tests share: tables units (owner PO; releases), staff (owner HR, waits for
// units, COL assists with its own rows, AA with column "title"), profile (owner PO, single record).
// Phase base. Chain: review (reviewer, two persons, may return, releases), head (unit head),
// office (school-wide, may return, needs a due). Bodies: group (quorum 3, may send back, again
// through office), committee (again through head); submission due 11-20. Accounts group, committee,
// appraisal and insider (accountability reviewers, the latter a person of PO), centre, admin, and
// <department>.filler, .reviewer, .head; "dual" wears filler and reviewer of HR.
// Persons are "p-" and the account.
std::string sample_definition();

// The definitions that `state` has, for reading its snapshot.
DefinitionsOf definitions_of(const State& state);

class DeciderSpec : public ::testing::Test {
 protected:
  DeciderSpec();

  // A ledger with its campaign defined, keys enrolled, tasks assigned, the phase open.
  void open_campaign();

  // Decides and folds. Returns the events of an accepted command. Account "system" is the service's
  // own processes.
  std::vector<Event> accept(const std::string& account, const Command& command,
                            const std::string& when, std::optional<Hat> hat = {});
  // Likewise for a command of one event, which this returns as it comes back from what is stored:
  // header, payload items and the state's snapshot are written and read again. Fails the test if
  // anything is lost, or if words of the payload stand in the header.
  Event accept_stored(const std::string& account, const Command& command, const std::string& when);
  // The guard that refuses it; fails the test if none does. The state stays as it was.
  Refusal refuse(const std::string& account, const Command& command, const std::string& when,
                 std::optional<Hat> hat = {});

  // Commands that name the content as it is.
  Command change(const std::string& table, RowCounts counts = {1, 0, 0}) const;
  Command submit(const std::string& account, const std::string& table) const;
  Command approve(const std::string& account, const std::string& table,
                  const std::string& level) const;
  Command give_back(const std::string& table, const std::string& level,
                    std::vector<ReturnReason> reasons, std::optional<Timestamp> due = {}) const;
  VersionRef version_of(const std::string& table) const;
  const Task& task(const std::string& table) const;
  // Filled, submitted and passed by its department's reviewer.
  void pass(const std::string& department, const std::string& table);

  // The last accepted command as it was recorded.
  const std::vector<RecordedEvent>& recorded() const { return recorded_; }

  State state_;

 private:
  std::variant<Decision, Refusal> decide_as(const std::string& account, const Command& command,
                                            const std::string& when, std::optional<Hat> hat) const;
  std::vector<RecordedEvent> recorded_;
  StateEncoder encoder_;  // that saw every step
};

const CampaignId kCampaign("2020");

}  // namespace countersign::ledger
