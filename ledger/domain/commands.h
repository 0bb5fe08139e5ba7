// Commands: what someone asks for, in the imperative. A command carries content, never the actor
// (Envelope does) and never the time. Commands that mean a version name it by hash.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"
#include "ledger/base/time.h"
#include "ledger/domain/alternatives.h"
#include "ledger/domain/attestation.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/carry_forward.h"
#include "ledger/domain/cases.h"
#include "ledger/domain/erasure.h"
#include "ledger/domain/log_key.h"
#include "ledger/domain/evidence.h"
#include "ledger/domain/indicators.h"
#include "ledger/domain/references.h"
#include "ledger/domain/reminders.h"
#include "ledger/domain/row.h"
#include "ledger/domain/validation.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace countersign::ledger {

// What a person knows and holds; secrets only in derived or sealed form.
struct Credential {
  std::string verifier;    // scrypt, encoded with its parameters
  std::string public_key;  // Ed25519, 32 bytes; of the person's signing key, held by the service
  std::string sealed_key;  // the same key's seed sealed under the password; empty: on own device
};

// One reason of a return; names a cell (row, column) or a rule, and says what is wrong.
struct ReturnReason {
  std::optional<RowKey> row;
  std::string column;  // may be empty with a rule
  std::string rule;    // may be empty with a cell
  std::string text;
};

// The first entry of a ledger. Proposed by `init` only.
struct CreateLedger {
  std::string origin;
  std::optional<Timestamp> simulated_start;  // set: this ledger runs on a simulated clock for ever
  Person administrator;
  AccountId account;
  Credential credential;
};

// Defines a campaign, or replaces its definition. `base_revision` is the revision it was made
// from; 0 for a new campaign.
struct DefineCampaign {
  std::shared_ptr<const CampaignDefinition> definition;
  Hash definition_hash{};  // SHA-256 of the canonical JSON document
  std::uint32_t base_revision = 0;
};

struct OpenAccount {
  Account account;
  std::optional<Person> person;  // set: also registers this person
};
struct CloseAccount {
  AccountId account;
  std::string reason;
};
// Sets password and signing key of an account's person (first issue, reset, own change).
struct SetCredential {
  AccountId account;
  Credential credential;
};
// Ends a person's present signing key. Signatures made with it before stand.
struct RevokeKey {
  PersonId person;
  std::string reason;
};
// Makes a key on the device of the person who asks that person's signing key. The note is the
// enrolment text (verified_command.h) signed by the new key, which proves its possession, and by
// the device key it replaces, if there is one; both are checked before the command is proposed.
struct EnrolKey {
  std::string public_key;  // the algorithm is told by its length (base/key_algorithm.h)
  std::string replaces;    // public key of the device key that co-signed; empty: none
  std::string label;       // what its holder calls it
  std::string note;
};

struct AssignTasks {
  CampaignId campaign;
  std::vector<TableKey> tables;  // empty: all
};
struct OpenPhase {
  CampaignId campaign;
  PhaseId phase;
};
struct ClosePhase {
  CampaignId campaign;
  PhaseId phase;
};
// An extension (or another move) of due instants, before they have passed.
struct MoveDue {
  CampaignId campaign;
  std::vector<TableKey> tables;
  Timestamp due;
  std::string reason;
};
// The delegator's hat, lent to another person for a time.
struct GrantDelegation {
  CampaignId campaign;
  Hat hat;
  PersonId from;
  PersonId to;
  Timestamp until;
  std::string reason;
};
struct RevokeDelegation {
  CampaignId campaign;
  std::string delegation;  // its id: decimal index of the granting entry
};

// The counts of one recorded chunk of row changes. The rows themselves are in the payload.
struct RowCounts {
  std::uint32_t added = 0;
  std::uint32_t changed = 0;
  std::uint32_t removed = 0;
};
struct ImportSummary {
  std::string source;  // "csv", "ndjson", "xlsx"
  Hash sheet_hash{};   // SHA-256 of the sheet as received
  std::uint64_t rows = 0;
  std::uint64_t identical = 0;
  bool remove_missing = false;
};
// Row changes, already compared with the current rows: no row here is a no-op.
struct ChangeRows {
  CampaignId campaign;
  TableKey table;
  std::uint32_t definition_revision = 0;  // the rows were checked against this
  std::vector<RowCounts> chunks;          // chunk i is payload i; one entry each
  std::vector<std::string> columns;       // every column whose value changes, sorted
  bool whole_rows = false;                // adds or removes rows
  std::vector<std::string>
      row_units;       // per part column "column=value" of every row touched, sorted, unique
  std::string reason;  // required when rows are removed
  std::optional<ImportSummary> import;   // set: ends in an import receipt entry
  std::optional<CarrySource> carried{};  // set: the rows are last year's, carried forward
};

struct RequestAssist {
  CampaignId campaign;
  TableKey table;
  std::string part;
  DepartmentId department;
  Timestamp due;
  std::string text;
  std::vector<std::string> new_items{};      // columns that nobody has data for yet
  std::vector<std::string> changed_items{};  // columns whose data are thought to have changed
};
struct DeliverAssist {
  CampaignId campaign;
  TableKey table;
  std::string part;
  bool nothing_to_report = false;
};
struct DeclineAssist {
  CampaignId campaign;
  TableKey table;
  std::string part;
  std::string reason;
};

// A signed statement over a version; the note is a C2SP signed note by the actor's key, checked
// before the command was proposed.
struct SignOff {
  std::string note;
  std::string public_key;  // of the key that signed
  bool service_held = true;
};
struct SubmitTable {
  CampaignId campaign;
  TableKey table;
  VersionRef version;
  TreeSize computed_at = 0;  // the version was computed on this tree size
  SignOff sign_off;
  // Rows that evidence covers one by one, per requirement that asks for it, as the views tell.
  std::map<std::string, std::uint64_t> evidence_rows{};
  TreeSize evidence_as_of = 0;  // the rows were counted on this tree size
};
struct ApproveTable {
  CampaignId campaign;
  TableKey table;
  LevelId level;
  VersionRef version;
  SignOff sign_off;
};
struct ReturnTable {
  CampaignId campaign;
  TableKey table;
  LevelId level;
  VersionRef version;
  std::vector<ReturnReason> reasons;
  std::optional<Timestamp> due;
};

// What a body says of one table.
struct Opinion {
  TableKey table;
  std::string text;
};
enum class Resolution : std::uint8_t {
  approved,
  approved_with_opinions,  // the tables named are to be corrected; the rest stands
  sent_back,               // the tables named are to be corrected, then it decides again
};
std::string_view to_string(Resolution resolution);
std::optional<Resolution> resolution_from(std::string_view text);

// Puts the campaign, with a report on it, before the body whose turn it is.
struct TableCampaign {
  CampaignId campaign;
  BodyId body;
  DocumentRef report;
};
// What the body resolved, recorded by its secretary.
struct DecideCampaign {
  CampaignId campaign;
  BodyId body;
  Hash report{};  // the report it had before it
  Resolution outcome = Resolution::approved;
  unsigned attended = 0;
  DocumentRef minutes;
  std::vector<Opinion> opinions;
  std::optional<Timestamp> due;  // of the corrections
};
// Reopens one table, that no opinion names, after its window.
struct GrantException {
  CampaignId campaign;
  TableKey table;
  Timestamp due;
  std::string reason;
};
struct TableVersion {
  TableKey table;
  VersionRef version;
};
// Ends all changes. `versions` are all tables' in order of their keys; `hash` is the RFC 6962 head
// over their items.
struct FreezeCampaign {
  CampaignId campaign;
  std::vector<TableVersion> versions;
  Hash hash{};
};
// The frozen data were handed over; the receiver's receipt is cited.
struct SubmitCampaign {
  CampaignId campaign;
  DocumentRef receipt;
};
// The receiver accepted them.
struct AcceptCampaign {
  CampaignId campaign;
  DocumentRef notice;
};
// The receiver ordered corrections; nobody's lateness follows from it.
struct ReopenCampaign {
  CampaignId campaign;
  DocumentRef order;
  std::vector<TableKey> tables;
  Timestamp due;
};

enum class Verdict : std::uint8_t { upheld, corrected, voided };
std::string_view to_string(Verdict verdict);
std::optional<Verdict> verdict_from(std::string_view text);

// A unit objects to a fact, or after a decision appeals against it. The fact is named by the id
// that the views gave it; `department` is its subject, which whoever proposes this took from there.
struct ObjectToFact {
  CampaignId campaign;
  std::string fact;
  DepartmentId department;
  std::string ground;
  std::vector<DocumentRef> evidence;
};
// A named person decides what becomes of a fact. `department` as above.
struct DecideFact {
  CampaignId campaign;
  std::string fact;
  DepartmentId department;
  Verdict verdict = Verdict::upheld;
  std::optional<Duration> net;  // corrected: the overrun that remains
  std::string reason;
};
// A text that names units before the whole school, with the facts it rests on. Serving it to the
// units is what the draft does: from then on their time to object runs.
struct DraftBulletin {
  CampaignId campaign;
  std::vector<DepartmentId> departments;
  std::vector<std::string> facts;
  std::string text;
};
// Another text in its place; the earlier one stays in the log. A published one reaches everybody it
// reached before.
struct CorrectBulletin {
  CampaignId campaign;
  LeafIndex bulletin = 0;  // the entry that drafted it
  std::vector<DepartmentId> departments;
  std::vector<std::string> facts;
  std::string text;
  std::string reason;
};
struct PublishBulletin {
  CampaignId campaign;
  LeafIndex bulletin = 0;
  std::vector<std::string> to;  // whom it reaches: "all departments"
};

// Data about persons are shown, or data leave the ledger: recorded before either happens.
//
// Personal rows of a table are shown to whoever proposes it.
struct ReadTable {
  CampaignId campaign;
  TableKey table;
  // "rows", "row", "history", "blame", "diff", "entry", "proof", "provenance", "corrections"; of
  // kOwn: the actor's own rows of all tables, and no table is named
  std::string what;
  TreeSize as_of = 0;
  std::uint64_t rows = 0;
  std::optional<RowKey> row;  // the only one

  static constexpr std::string_view kOwn = "own";
};
// Not about one campaign or one table where these are empty.
struct ExportData {
  CampaignId campaign;
  TableKey table;
  std::string what;  // "sheet", "changes", "log"
  TreeSize as_of = 0;
  std::uint64_t rows = 0;       // of a sheet
  std::optional<Hash> content;  // SHA-256 of a sheet, without its watermark
  bool personal = false;        // holds data about persons
  std::string channel;          // of the definition; empty: none that was sanctioned
  std::string receiver;
  std::string basis;
};

// Simulated ledgers only.
struct AdvanceClock {
  Timestamp to;
};

using CommandAlternatives = std::variant<
    CreateLedger, DefineCampaign, OpenAccount, CloseAccount, SetCredential, RevokeKey, AssignTasks,
    OpenPhase, ClosePhase, MoveDue, GrantDelegation, RevokeDelegation, ChangeRows, RequestAssist,
    DeliverAssist, DeclineAssist, SubmitTable, ApproveTable, ReturnTable, TableCampaign,
    DecideCampaign, GrantException, FreezeCampaign, SubmitCampaign, AcceptCampaign, ReopenCampaign,
    ObjectToFact, DecideFact, DraftBulletin, CorrectBulletin, PublishBulletin, ReadTable,
    ExportData, AdvanceClock, RecordValidation, ExplainFinding, DecideExplanation, WithdrawRule,
    RecordIndicators, DraftPlan, DecidePlan, FollowUpPlan, RegisterEvidence, ShowEvidence,
    WithdrawEvidence, ReportEvidenceMissing, ConfirmRows, RequestCorrection, AnswerCorrection,
    OpenCase, SealPack, ServeCase, AcknowledgeCase, ConcludeCase, CorrectCase, ChaseUnit,
    AnswerChase, RecordReadiness, RecordOutage, EraseRow, EnrolKey, RotateLogKey, AttestTable,
    EraseTexts, ErasePerson>;

// One of the above. A type of its own, so that copying, moving and destroying it are compiled once
// (commands.cc) and not in every file that passes one on.
struct Command : CommandAlternatives {
  using Alternatives = CommandAlternatives;

  Command();
  Command(const Command& other);
  Command(Command&& other) noexcept;
  Command& operator=(const Command& other);
  Command& operator=(Command&& other) noexcept;
  ~Command();

  template <typename T>
  requires is_alternative_of<T, CommandAlternatives> Command(
      T&& alternative)  // NOLINT: an alternative is one, as with a plain variant
      : CommandAlternatives(std::in_place_type<std::remove_cvref_t<T>>,
                            std::forward<T>(alternative)) {}
};

}  // namespace countersign::ledger
