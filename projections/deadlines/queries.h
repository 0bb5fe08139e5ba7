// Deadlines: due instants in force and who moved them, the state of every task, time left or
// overdue, and which statements still stand ("signed v7, current v8").
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "projections/page.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace countersign::projections {

struct DueMove {
  ledger::LeafIndex index = 0;
  ledger::Timestamp from;
  ledger::Timestamp to;
  std::string person;
  std::string reason;
};

// A submission or approval: a signature over exactly one version.
struct Statement {
  ledger::LeafIndex index = 0;
  std::string level;  // "submission" or the level's id
  std::string person;
  std::string person_name;
  std::string role;
  std::string department;
  std::string on_behalf_of;
  ledger::Timestamp at;
  std::uint32_t version = 0;
  std::string version_hash;  // hex
  bool stands = false;       // its version is the current one and nothing was returned since
};

struct ReturnRecord {
  ledger::LeafIndex index = 0;
  std::string level;
  std::string person;
  ledger::Timestamp at;
  std::uint32_t version = 0;
  struct Reason {
    std::string row;
    std::string column;
    std::string rule;
    std::string text;
  };
  std::vector<Reason> reasons;
};

struct AssistRecord {
  std::string part;
  std::string department;
  std::string status;  // "requested", "delivered", "declined"
  ledger::Timestamp due;
  std::optional<ledger::Timestamp> answered_at;
  std::vector<ledger::LeafIndex> entries;
};

struct TaskDeadline {
  std::string campaign;
  std::string table;
  std::string department;
  std::string phase;
  bool phase_open = false;
  std::string status;           // as TaskStatus
  std::string process_state;    // as ledger::process_state()
  std::string level;            // last approval level in force; empty: none
  ledger::Timestamp due;        // in force
  ledger::Timestamp due_first;  // as assigned
  std::vector<DueMove> moves;
  std::optional<ledger::Timestamp> submitted_at;  // of the first submission
  std::optional<ledger::Duration> raw_late;  // of the first submission, or until `now` if none yet
  std::optional<ledger::Duration> net_late;
  std::vector<std::string> blocked_by;
  std::uint32_t current_version = 0;  // the draft's number if the content changed since
  std::uint64_t rows = 0;
  std::optional<ledger::LeafIndex> content_index;
  std::vector<Statement> statements;  // oldest first
  std::vector<ReturnRecord> returns;
  std::vector<AssistRecord> assists;
};

struct DepartmentDeadlines {
  std::string department;
  std::string state;  // domain-model.md section 6: not_ready, ready, filling_base, filling_full,
                      // waiting_upstream, waiting_assist, reviewed, signed, explaining,
                      // finalising, closed
  std::uint32_t tasks = 0;
  std::uint32_t submitted = 0;
  std::uint32_t approved = 0;  // passed all they have to
  std::uint32_t overdue = 0;   // due passed, never submitted
  std::uint32_t late_raw = 0;  // submitted or still missing after due
  std::uint32_t late_net = 0;  // of these, not excused
  std::uint32_t returned = 0;
  std::optional<ledger::Timestamp> next_due;
};

struct CampaignDeadlines {
  std::string campaign;
  std::vector<std::string> phases_open;  // a campaign is in a set of phases
  std::vector<std::string> phases_closed;
  std::uint32_t tasks = 0;
  std::uint32_t submitted = 0;
  std::uint32_t approved = 0;
  std::uint32_t overdue = 0;
  ledger::TreeSize as_of = 0;
};

// A table that waits for its department: it may be changed now, and is owed by an instant. Not: one
// that is blocked by others, lies before a level, or was returned without a new instant.
struct OpenTask {
  std::string campaign;
  std::string department;
  std::string table;
  ledger::Timestamp due;  // in force
  // When it came back with that instant; none while it was never submitted.
  std::optional<ledger::Timestamp> owed_since;
};

struct OpenTasks {
  std::vector<OpenTask> tasks;  // by campaign, department, table
  // Of every campaign and department that has tasks, how many of them are open.
  std::map<std::pair<std::string, std::string>, std::uint32_t> counts;
  // After the last entry that may have moved any of them; later ones left them as they are.
  ledger::TreeSize as_of = 0;
};

// `now` decides what is overdue; it is the ledger's clock, so a simulated ledger answers in its
// own time.
class DeadlineQueries {
 public:
  virtual ~DeadlineQueries() = default;
  virtual ledger::Result<CampaignDeadlines> campaign(const std::string& campaign,
                                                     ledger::Timestamp now) const = 0;
  virtual ledger::Result<std::vector<DepartmentDeadlines>> departments(
      const std::string& campaign, ledger::Timestamp now) const = 0;
  // By due instant, then table.
  virtual ledger::Result<std::vector<TaskDeadline>> tasks(const std::string& campaign,
                                                          const std::string& department,
                                                          ledger::Timestamp now) const = 0;
  //   Errc::not_found
  virtual ledger::Result<TaskDeadline> task(const std::string& campaign, const std::string& table,
                                            ledger::Timestamp now) const = 0;
  // Of all campaigns, the latest due instant in force, of a task or of what an assisting unit was
  // asked for, that is not after `until`; none: there is none yet.
  virtual ledger::Result<std::optional<ledger::Timestamp>> last_due(
      ledger::Timestamp until) const = 0;
  // Of all campaigns. The same object until an entry may have moved a task: cheap to ask for
  // however many there are.
  virtual ledger::Result<std::shared_ptr<const OpenTasks>> open_tasks() const = 0;
};

}  // namespace countersign::projections
