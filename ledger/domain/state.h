// State: what decide() must know. It holds no table contents and no words that somebody wrote, and
// does not grow with the log. The directory's names are all it holds of persons.
//
// Thread safety: owned by the sequencer thread. `directory` alone is shared with readers, as an
// immutable value that evolve() replaces.
#pragma once

#include "ledger/domain/directory.h"
#include "ledger/domain/events.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace countersign::ledger {

// domain-model.md section 5, as far as the table itself; the rest is the campaign's.
enum class TaskStatus : std::uint8_t {
  assigned,       // its phase is not open yet
  blocked,        // waits for tables it depends on
  open,           // may be filled, nothing entered yet
  filling,        // changed since the last submission, or never submitted
  submitted,      // waits for the first approval level
  approved,       // passed `approvals_in_force` levels
  returned,       // sent back with reasons; becomes filling on the next change
  final_filling,  // reopened after its window by an opinion, an exception or an order
};
std::string_view to_string(TaskStatus status);

// A statement on a version. Stays for ever; whether it still stands is version against version.
struct Approval {
  LevelId level;
  PersonId person;
  std::uint32_t version = 0;
  LeafIndex index = 0;
};

// A table may be corrected although its window is over: an opinion, an exception or an order says
// so.
struct Reopening {
  LeafIndex by = 0;  // the entry that reopened it, which every change under it cites
  LevelId through;   // it is confirmed once this level has passed it again
  bool confirmed = false;
};

struct Assist {
  DepartmentId department;
  Timestamp due;
  LeafIndex requested_by = 0;
  enum class Status : std::uint8_t { requested, delivered, declined } status = Status::requested;
};

// The last run of the rules over a table.
struct Validation {
  LeafIndex by = 0;
  VersionRef version;
  std::uint32_t definition_revision = 0;
  std::map<std::string, RuleOutcome> outcomes;  // by rule; `open` follows later explanations
};

struct Explanation {
  std::string rule;
  std::uint32_t rule_version = 0;
  std::uint64_t covers = 0;  // findings of the last run that it took from `open`
  PersonId proposer;
  enum class Status : std::uint8_t { proposed, accepted, rejected } status = Status::proposed;
};

struct Task {
  TableKey table;
  DepartmentId department;
  TaskStatus status = TaskStatus::assigned;
  Timestamp due;
  std::set<TableKey> blocked_by;

  // Content.
  std::uint64_t rows = 0;
  std::optional<LeafIndex> content_index;  // entry of the last row change
  std::optional<PersonId> last_editor;

  // Versions. `draft` is the number the current content has or will have.
  std::uint32_t draft = 1;
  std::optional<VersionRef> submitted_version;  // the last one submitted
  std::optional<LeafIndex> submitted_by;
  std::size_t approvals_in_force = 0;  // levels passed by the submitted version, in order
  std::vector<Approval> approvals;     // all, oldest first
  std::optional<Reopening> reopening;  // the last one
  bool ever_submitted = false;
  std::map<std::string, Assist> assists;  // "part/department"

  std::optional<Validation> validation;
  std::map<LeafIndex, Explanation> explanations;  // by the entry that proposed them
  bool carried = false;                           // last year's rows were brought over
  std::set<LeafIndex> open_corrections;           // requests without an answer
};

// The report that lies before the body whose turn it is.
struct TabledReport {
  LeafIndex by = 0;
  Hash report{};
};

// What became of a fact that somebody objected to or decided on; facts themselves are the views'.
struct FactStanding {
  DepartmentId department;
  std::uint32_t objections = 0;
  std::optional<PersonId> objector;  // of the objection that waits for its decision
  std::optional<Verdict> verdict;    // in force
  Timestamp decided_at{};            // the last time
};

struct Bulletin {
  std::vector<std::string> facts;
  LeafIndex text = 0;  // the entry with its present text
  Timestamp objections_until{};
  bool reached = false;      // a text of it reached somebody, who is named in the payloads alone
  bool published = false;    // with its present text
};

struct RectificationPlan {
  enum class Status : std::uint8_t { due, drafted, accepted } status = Status::due;
  DepartmentId department;
  LeafIndex required_by = 0;
  std::optional<LeafIndex> drafted_by;  // the last draft
  std::uint32_t drafts = 0;
  std::size_t items = 0;  // in the last draft; their ids are "1" to this
};

// How an indicator came out when it was last computed.
struct IndicatorStanding {
  std::uint32_t version = 0;
  IndicatorResult result = IndicatorResult::undefined;
};

struct EvidenceStanding {
  TableKey table;
  DepartmentId custodian;
  Hash hash{};
  std::vector<std::string> requirements;
  enum class Status : std::uint8_t { standing, withdrawn, missing } status = Status::standing;
  LeafIndex changed_by = 0;        // the entry that gave it its status
  std::uint64_t covers_print = 0;  // evidence.h
};

struct AppraisalCase {
  DepartmentId department;
  std::vector<std::string> facts;
  std::optional<Hash> pack;  // the last one sealed
  std::optional<LeafIndex> served_by;
  Timestamp objections_until{};
  bool acknowledged = false;
  std::optional<CaseOutcome> outcome;
  Timestamp appeal_until{};
};

struct Chase {
  DepartmentId department;
  bool answered = false;
};

struct CampaignState {
  LeafIndex changed_by = 0;  // the last entry that changed anything here
  std::set<PhaseId> open_phases;
  std::set<PhaseId> closed_phases;
  std::map<TableKey, Task> tasks;
  std::optional<TabledReport> tabled;
  std::size_t bodies_passed = 0;  // of the definition's bodies, in order
  std::optional<Hash> frozen;     // the hash of what was frozen; none while changes are possible
  std::optional<LeafIndex> submitted;
  std::optional<LeafIndex> accepted;
  std::map<std::string, FactStanding> facts;  // by id
  std::map<LeafIndex, Bulletin> bulletins;    // by the entry that drafted them

  std::set<std::string> withdrawn_rules;  // "X02@1"
  std::optional<LeafIndex> computed_by;   // the last computation of the indicators
  std::map<std::string, IndicatorStanding> indicators;
  std::map<std::string, RectificationPlan> plans;  // by indicator
  std::map<LeafIndex, EvidenceStanding> evidence;  // by the entry that registered it
  std::map<LeafIndex, AppraisalCase> cases;        // by the entry that opened them
  std::map<LeafIndex, Chase> chases;               // by their entry
  std::set<std::string> plan_items_followed_up;    // of the previous edition: "indicator/item"
};

// Whether a rule version was withdrawn in the campaign.
bool is_withdrawn(const CampaignState& campaign, const std::string& rule, std::uint32_t version);
// Whether the plan is accepted, or due for an indicator that passes by now, so that none is needed.
bool is_settled(const CampaignState& campaign, const std::string& indicator,
                const RectificationPlan& plan);
// Whether every plan that was asked for is.
bool plans_settled(const CampaignState& campaign);

// Whether the table has passed all it has to: its whole approval chain, or after a reopening the
// levels that asks for.
bool is_settled(const CampaignDefinition& definition, const Task& task);

struct State {
  TreeSize size = 0;  // entries folded in; the index of the next one
  std::shared_ptr<const Directory> directory = std::make_shared<Directory>();
  std::map<CampaignId, CampaignState> campaigns;
  std::optional<Timestamp> simulated_now;  // last AdvanceClock; none on a real ledger
  std::vector<LogKeyRotation> log_keys;    // every replacement of the log's key; most have none

  const Task* task(const CampaignId& campaign, const TableKey& table) const;
};

}  // namespace countersign::ledger
