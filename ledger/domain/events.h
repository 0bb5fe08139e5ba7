// Events: what happened, in the past tense. An event, once released, is never changed; a new
// meaning is a new event. Each says which of its members stand in the entry's header and which in
// its payload: texts written by people, row keys and cells are always payload.
#pragma once

#include "ledger/domain/actor.h"
#include "ledger/domain/alternatives.h"
#include "ledger/domain/commands.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace countersign::ledger {

struct LedgerCreated {
  std::string origin;
  std::optional<Timestamp> simulated_start;
  AccountId account;
  Person administrator;   // payload
  Credential credential;  // payload
};

struct CampaignDefined {
  CampaignId campaign;
  std::uint32_t revision = 1;
  Hash definition_hash{};
  std::shared_ptr<const CampaignDefinition> definition;  // payload; persons one item each
};

struct AccountOpened {
  Account account;
  std::optional<Person> person;  // payload
};
struct AccountClosed {
  AccountId account;
  std::string reason;  // payload
};
struct CredentialSet {
  AccountId account;
  PersonId person;
  std::string public_key;
  bool service_held = true;
  Credential credential;  // payload
  // False: the password alone is set, for a device key signs for the person, or one that its
  // holder revoked waits for an administrator. The key named signs nothing then.
  bool enrols = true;
};
struct KeyRevoked {
  PersonId person;
  std::string public_key;
  std::string reason;  // payload
};
// From here on the key signs for the person, and the one before it no more.
struct KeyEnrolled {
  AccountId account;
  PersonId person;
  std::string public_key;
  std::string replaces;  // public key of the device key that co-signed; empty: none
  std::string label;     // payload
  std::string note;      // payload; signed by the key itself and by the one it replaces
};

struct TaskAssigned {
  CampaignId campaign;
  TableKey table;
  DepartmentId department;
  Timestamp due;
  std::string notice;
};
// The table waits for others; the time until TaskUnblocked is theirs to answer for.
struct TaskBlocked {
  CampaignId campaign;
  TableKey table;
  std::vector<TableKey> by;
};
struct TaskUnblocked {
  CampaignId campaign;
  TableKey table;
  TableKey by;  // the table whose pass released it
};
struct PhaseOpened {
  CampaignId campaign;
  PhaseId phase;
};
struct PhaseClosed {
  CampaignId campaign;
  PhaseId phase;
  std::vector<TableKey> undelivered;  // tables of the phase never submitted
};
struct DueMoved {
  CampaignId campaign;
  TableKey table;
  Timestamp from;
  Timestamp to;
  std::string reason;  // payload
};
struct DelegationGranted {
  CampaignId campaign;
  Hat hat;
  PersonId from;
  PersonId to;
  Timestamp until;
  std::string reason;  // payload
};
struct DelegationRevoked {
  CampaignId campaign;
  LeafIndex granted_by = 0;
};

struct RowsChanged {
  CampaignId campaign;
  TableKey table;
  std::uint32_t version = 1;  // the version these rows belong to (a draft until submitted)
  RowCounts counts;
  std::optional<LeafIndex> cites;        // the entry that reopened the table after its window
  std::string reason;                    // payload, optional
  std::vector<RowChange> rows;           // payload; empty in memory on the write path
  std::optional<CarrySource> carried{};  // set: last year's rows, which nobody has looked at yet
};
struct SheetImported {
  CampaignId campaign;
  TableKey table;
  ImportSummary summary;
  RowCounts counts;  // over the whole import
};

struct AssistRequested {
  CampaignId campaign;
  TableKey table;
  std::string part;
  DepartmentId department;
  Timestamp due;
  std::string text;  // payload
  std::vector<std::string> new_items{};
  std::vector<std::string> changed_items{};
};
struct AssistDelivered {
  CampaignId campaign;
  TableKey table;
  std::string part;
  DepartmentId department;
  bool nothing_to_report = false;
};
struct AssistDeclined {
  CampaignId campaign;
  TableKey table;
  std::string part;
  DepartmentId department;
  std::string reason;  // payload
};

struct TableSubmitted {
  CampaignId campaign;
  TableKey table;
  VersionRef version;
  Timestamp due;     // in force at that moment
  SignOff sign_off;  // note: payload
};
struct TableApproved {
  CampaignId campaign;
  TableKey table;
  LevelId level;
  VersionRef version;
  SignOff sign_off;  // note: payload
};
struct TableReturned {
  CampaignId campaign;
  TableKey table;
  LevelId level;
  VersionRef version;
  std::vector<ReturnReason> reasons;  // payload
  std::optional<Timestamp> due;       // the new due instant, if the return set one
};

struct CampaignTabled {
  CampaignId campaign;
  BodyId body;
  DocumentRef report;  // title: payload
};
struct CampaignDecided {
  CampaignId campaign;
  BodyId body;
  Hash report{};
  Resolution outcome = Resolution::approved;
  unsigned attended = 0;
  DocumentRef minutes;            // title: payload
  std::vector<TableKey> tables;   // that the opinions name
  std::vector<Opinion> opinions;  // payload
  std::optional<Timestamp> due;
};
struct ExceptionGranted {
  CampaignId campaign;
  TableKey table;
  Timestamp due;
  std::string reason;  // payload
};
struct CampaignFrozen {
  CampaignId campaign;
  Hash hash{};
  std::vector<TableVersion> versions;  // payload, one item each
};
struct CampaignSubmitted {
  CampaignId campaign;
  Hash hash{};          // of what was frozen
  DocumentRef receipt;  // title: payload
  std::optional<Timestamp> due;
};
struct CampaignAccepted {
  CampaignId campaign;
  DocumentRef notice;  // title: payload
};
struct CampaignReopened {
  CampaignId campaign;
  DocumentRef order;  // title: payload
  std::vector<TableKey> tables;
  Timestamp due;
};

struct FactObjected {
  CampaignId campaign;
  std::string fact;
  DepartmentId department;
  std::uint32_t stage = 1;            // 1: objection; 2 and on: appeal against a decision
  std::string ground;                 // payload
  std::vector<DocumentRef> evidence;  // payload
};
struct FactDecided {
  CampaignId campaign;
  std::string fact;
  DepartmentId department;
  Verdict verdict = Verdict::upheld;
  std::optional<Duration> net;
  std::string reason;  // payload
};
struct BulletinDrafted {
  CampaignId campaign;
  std::vector<DepartmentId> departments;
  std::vector<std::string> facts;
  Timestamp objections_until;
  std::string text;  // payload
};
struct BulletinCorrected {
  CampaignId campaign;
  LeafIndex bulletin = 0;
  std::vector<DepartmentId> departments;
  std::vector<std::string> facts;
  Timestamp objections_until;
  std::string text;    // payload
  std::string reason;  // payload
};
struct BulletinPublished {
  CampaignId campaign;
  LeafIndex bulletin = 0;
  LeafIndex text = 0;           // the entry whose text it is
  std::vector<std::string> to;  // payload; beyond those whom an earlier text reached
};

struct TableRead {
  CampaignId campaign;
  TableKey table;
  std::string what;
  TreeSize as_of = 0;
  std::uint64_t rows = 0;
  std::optional<RowKey> row;  // payload
};
struct DataExported {
  CampaignId campaign;
  TableKey table;
  std::string what;
  TreeSize as_of = 0;
  std::uint64_t rows = 0;
  std::optional<Hash> content;
  bool personal = false;
  std::string channel;
  std::string receiver;  // payload
  std::string basis;     // payload
};

struct ClockAdvanced {
  Timestamp to;
};

using EventAlternatives = std::variant<
    LedgerCreated, CampaignDefined, AccountOpened, AccountClosed, CredentialSet, KeyRevoked,
    TaskAssigned, TaskBlocked, TaskUnblocked, PhaseOpened, PhaseClosed, DueMoved, DelegationGranted,
    DelegationRevoked, RowsChanged, SheetImported, AssistRequested, AssistDelivered, AssistDeclined,
    TableSubmitted, TableApproved, TableReturned, CampaignTabled, CampaignDecided, ExceptionGranted,
    CampaignFrozen, CampaignSubmitted, CampaignAccepted, CampaignReopened, FactObjected,
    FactDecided, BulletinDrafted, BulletinCorrected, BulletinPublished, TableRead, DataExported,
    ClockAdvanced, ValidationRun, FindingExplained, ExplanationDecided, RuleWithdrawn,
    IndicatorsComputed, PlanRequired, PlanDrafted, PlanDecided, PlanFollowedUp, EvidenceRegistered,
    EvidenceShown, EvidenceWithdrawn, EvidenceMissing, RowsConfirmed, CorrectionRequested,
    CorrectionAnswered, CaseOpened, PackSealed, CaseServed, CaseAcknowledged, CaseConcluded,
    CaseCorrected, UnitChased, ChaseAnswered, DepartmentsReady, OutageRecorded, RowErased,
    KeyEnrolled, LogKeyRotated, TableAttested, TextsErased, PersonErased>;

// One of the above. A type of its own, so that copying, moving and destroying it are compiled once
// (events.cc) and not in every file that passes one on.
struct Event : EventAlternatives {
  using Alternatives = EventAlternatives;

  Event();
  Event(const Event& other);
  Event(Event&& other) noexcept;
  Event& operator=(const Event& other);
  Event& operator=(Event&& other) noexcept;
  ~Event();

  template <typename T>
  requires is_alternative_of<T, EventAlternatives> Event(
      T&& alternative)  // NOLINT: an alternative is one, as with a plain variant
      : EventAlternatives(std::in_place_type<std::remove_cvref_t<T>>,
                          std::forward<T>(alternative)) {}
};

// The name in the header: "table.submitted".
std::string_view type_name(const Event& event);

// An event with everything its entry's header says about it.
struct RecordedEvent {
  LeafIndex index = 0;
  Actor actor;
  Timestamp received_at;
  Timestamp sequenced_at;
  std::optional<Timestamp> claimed_at;
  CommandId command_id;
  std::string correlation_id;
  std::optional<LeafIndex> caused_by;  // the entry whose event had this one as a consequence
  Event event;
};

}  // namespace countersign::ledger
