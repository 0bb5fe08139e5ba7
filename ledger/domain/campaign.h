// The campaign definition: everything that differs between schools, years and kinds of collection,
// as data. It enters the ledger as one JSON document (campaign_codec.h, campaign.schema.json), and
// changes only by a further event. Plain values; immutable once shared.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/time.h"
#include "ledger/domain/bilingual_text.h"
#include "ledger/domain/rulebook.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// The hats a person may wear. Rights follow from hats alone (domain-model.md section 4).
enum class Role : std::uint8_t {
  filler,                   // enters data; for a table's assisting department, its part only
  reviewer,                 // passes or returns; never edits
  unit_head,                // signs the department's statement
  centre_office,            // assigns, opens and closes windows, extends, first review
  administrator,            // campaign definition, accounts and keys
  leading_group,            // reads everything
  party_committee,          // reads reports
  accountability_reviewer,  // reads facts and evidence
  auditor,                  // reads the log and its proofs
  member,                   // of the school: sees what tables say of it, asks for corrections
  system,                   // consequences of other acts; no person wears it
};
std::string_view to_string(Role role);
std::optional<Role> role_from(std::string_view text);

struct Hat {
  Role role;
  DepartmentId department;  // empty: the whole school
  auto operator<=>(const Hat&) const = default;
};

struct Department {
  DepartmentId id;
  BilingualText name;
  std::string kind;     // "office", "college", "leadership"
  std::string unit_no;  // its number in the unit tables; selects its rows where it assists by row
};

struct Person {
  PersonId id;
  std::string name;  // personal: never leaves payloads and views
  DepartmentId department;
  std::string staff_no{};  // in tables about persons; personal, may be empty
};

struct Account {
  AccountId id;
  PersonId person;
  std::vector<Hat> hats;
  std::optional<Timestamp> valid_from;
  std::optional<Timestamp> valid_until;  // exclusive
};

enum class ColumnType : std::uint8_t { text, long_text, integer, decimal, year, month };
std::string_view to_string(ColumnType type);
std::optional<ColumnType> column_type_from(std::string_view text);

enum class Sensitivity : std::uint8_t { none, personal, sensitive };

struct Column {
  std::string key;  // English, stable: "staff_no"
  BilingualText name;
  std::string code;  // the platform's own code: "GH"
  ColumnType type = ColumnType::text;
  std::size_t max_characters = 0;  // of text, in Unicode characters; 0: no limit
  bool required = true;
  std::vector<std::string> allowed;  // code list; empty: any value
  Sensitivity sensitivity = Sensitivity::none;
};

// What an assisting department supplies: some columns of every row, or the rows that are its own.
struct AssistPart {
  std::string id;  // unique within the table
  BilingualText name;
  std::vector<DepartmentId> departments;
  std::vector<std::string> columns;  // empty: whole rows
  std::string row_column;  // non-empty: only rows whose cell here equals the department's unit_no
};

enum class StatisticalTime : std::uint8_t { point_in_time, academic_year, natural_year };

struct TableDefinition {
  TableKey key;
  std::string printed_no;  // per edition: "1-5-1"
  BilingualText name;
  StatisticalTime time = StatisticalTime::point_in_time;
  bool single_row = false;
  bool base = false;  // other tables look values up in it
  DepartmentId owner;
  std::vector<AssistPart> assisting;
  std::vector<TableKey> depends_on;  // must have passed a releasing level first
  PhaseId phase;
  Timestamp due;
  std::vector<Column> columns;
  std::vector<std::string> key_columns;  // empty only for single_row tables
  std::string subject_column;  // holds the staff_no of whom a row is about; empty: about nobody

  const Column* column(std::string_view key_or_name) const;
  bool personal() const;  // has a personal or sensitive column
};

struct Phase {
  PhaseId id;
  BilingualText name;
  Timestamp opens;   // planned; the office's act opens it
  Timestamp closes;  // planned; the office's act closes it
};

// One level of approval, in order, after the filler's submission.
struct ApprovalLevel {
  LevelId id;
  BilingualText name;
  BilingualText meaning;  // what the signature states; part of the signed text
  BilingualText state;    // what the task is called once passed here
  std::string verb;       // "pass" or "sign"
  Role role = Role::reviewer;
  bool school_wide = false;  // the hat need not be of the owning department
  bool two_persons = false;  // refuses the last editor
  bool may_return = false;
  bool return_needs_due = false;
  bool releases_dependents = false;  // passing here unblocks dependent tables
};

// A body that decides on the campaign as a whole, after the tables' approval chain; bodies decide
// in order. Its secretary records the decision and cites the minutes.
struct DecidingBody {
  BodyId id;
  BilingualText name;
  Role role = Role::leading_group;  // who records its decisions
  unsigned quorum = 0;              // members who must have attended; 0: not asked
  bool may_send_back = false;
  // Decides on rectification plans; bodies after it need all of them settled.
  bool decides_plans = false;
  // Tables that it names pass the approval chain again, up to this level.
  LevelId again_through;
};

// To whom the frozen data go, and until when.
struct Submission {
  BilingualText receiver;
  Timestamp due;
};

// How long a unit has to object to what is held against it (domain-model.md section 8).
struct DueProcess {
  unsigned objection_working_days = 5;  // after a bulletin's text was served
  unsigned appeal_days = 30;            // after a decision
  auto operator<=>(const DueProcess&) const = default;
};

// A way out of the ledger that was sanctioned: the receiver's platform, a vendor under contract.
struct ExportChannel {
  std::string id;
  BilingualText name;
  std::string basis;  // the rule, order or contract that allows it
};

// What a department must have been given before its lateness may count.
enum class ReadinessKind : std::uint8_t { accounts, training };
std::string_view to_string(ReadinessKind kind);
std::optional<ReadinessKind> readiness_kind_from(std::string_view text);

struct Calendar {
  int utc_offset_minutes = 480;
  std::vector<std::string> holidays;      // "2020-10-01"
  std::vector<std::string> working_days;  // weekend days that count as working days
};

// The end of the `days`-th working day after the one on which `from` falls, as the calendar says.
Timestamp after_working_days(const Calendar& calendar, Timestamp from, unsigned days);

struct CampaignDefinition {
  CampaignId id;
  std::string edition;  // of the tables: "2020"
  BilingualText name;
  BilingualText institution;
  std::string notice;  // the order that starts the campaign, cited in assignments
  Calendar calendar;
  std::vector<Phase> phases;
  std::vector<Department> departments;
  std::vector<Person> persons;
  std::vector<Account> accounts;
  BilingualText submission_meaning;
  std::vector<ApprovalLevel> approval_chain;
  std::vector<DecidingBody> bodies;
  std::optional<Submission> submission;
  DueProcess due_process;
  std::vector<ExportChannel> export_channels;
  std::vector<TableDefinition> tables;

  std::string school_type;               // decides which marks apply
  unsigned count_floor = 5;              // smaller counts of persons are not shown in statistics
  std::vector<ReadinessKind> readiness;  // asked for; empty: nothing
  // Whole working days that an assisting department is given at least; 0: nothing was agreed.
  unsigned assist_notice_days = 0;
  std::optional<PreviousEdition> previous;
  std::vector<EvidenceRequirement> evidence;
  std::vector<Rule> rules;
  std::vector<Quantity> quantities;
  std::vector<Indicator> indicators;

  const TableDefinition* table(const TableKey& key) const;
  const Department* department(const DepartmentId& id) const;
  const Phase* phase(const PhaseId& id) const;
  const ApprovalLevel* level(const LevelId& id) const;
  std::optional<std::size_t> level_position(const LevelId& id) const;
  const DecidingBody* body(const BodyId& id) const;
  const ExportChannel* export_channel(const std::string& id) const;
  const Rule* rule(const std::string& id) const;
  const Quantity* quantity(const std::string& id) const;
  const Indicator* indicator(const std::string& id) const;
  const EvidenceRequirement* evidence_requirement(const std::string& id) const;
};

}  // namespace countersign::ledger
