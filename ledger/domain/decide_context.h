// What every decision looks at, and the questions they share. Private to decide_*.cc.
#pragma once

#include "ledger/domain/decide.h"
#include "ledger/domain/edit_rights.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace countersign::ledger {

using Decided = std::variant<Decision, Refusal>;

struct DecideContext {
  const State& state;
  const Envelope& envelope;
  Timestamp now;

  const Directory& directory() const { return *state.directory; }

  // The actor under the first hat, own or delegated, that `fits`; a wanted hat narrows the choice.
  // Otherwise why not: unknown_account, account_not_valid, right_missing.
  std::variant<Actor, Refusal> actor(const CampaignId& campaign,
                                     const std::function<bool(const Hat&)>& fits) const;
  std::variant<Actor, Refusal> actor_with_role(const CampaignId& campaign, Role role) const;
  // The system itself, for what only the service's processes may record.
  std::variant<Actor, Refusal> system_actor() const;
};

// A table's task with its definitions. All pointers are set.
struct TaskContext {
  const CampaignDefinition* campaign = nullptr;
  const TableDefinition* table = nullptr;
  const CampaignState* campaign_state = nullptr;
  const Task* task = nullptr;
};
// unknown_campaign, unknown_table, task_not_assigned.
std::variant<TaskContext, Refusal> find_task(const DecideContext& context,
                                             const CampaignId& campaign, const TableKey& table);
// Whether the table's content may change now: campaign_frozen, task_blocked, only_named_tables,
// window_closed.
std::optional<Refusal> refuse_unless_open(const TaskContext& found);

// Whether evidence that the definition requires at submission is not there: evidence_missing.
std::optional<Refusal> refuse_missing_evidence(const TaskContext& found,
                                               const SubmitTable& command);  // decide_evidence.cc
// Whether the previous edition's rows may be brought into the table as the command says:
// already_carried, nothing_to_carry, version_moved_on (another version was submitted there).
// decide_carry_forward.cc.
std::optional<Refusal> refuse_carrying(const State& state, const TaskContext& found,
                                       const ChangeRows& command);

Refusal refuse(RefusalCode code, std::map<std::string, std::string> facts = {});
Decision decision_of(Actor actor, Event event, std::optional<std::size_t> payload = std::nullopt);

// One overload a command; grouped by file.
Decided decide(const DecideContext&, const CreateLedger&);  // decide_access.cc
Decided decide(const DecideContext&, const OpenAccount&);
Decided decide(const DecideContext&, const CloseAccount&);
Decided decide(const DecideContext&, const SetCredential&);
Decided decide(const DecideContext&, const RevokeKey&);
Decided decide(const DecideContext&, const EnrolKey&);
Decided decide(const DecideContext&, const RotateLogKey&);
Decided decide(const DecideContext&, const GrantDelegation&);
Decided decide(const DecideContext&, const RevokeDelegation&);
Decided decide(const DecideContext&, const AdvanceClock&);
Decided decide(const DecideContext&, const DefineCampaign&);  // decide_campaign.cc
Decided decide(const DecideContext&, const AssignTasks&);
Decided decide(const DecideContext&, const OpenPhase&);
Decided decide(const DecideContext&, const ClosePhase&);
Decided decide(const DecideContext&, const MoveDue&);
Decided decide(const DecideContext&, const ChangeRows&);  // decide_rows.cc
Decided decide(const DecideContext&, const RequestAssist&);
Decided decide(const DecideContext&, const DeliverAssist&);
Decided decide(const DecideContext&, const DeclineAssist&);
Decided decide(const DecideContext&, const SubmitTable&);  // decide_approval.cc
Decided decide(const DecideContext&, const ApproveTable&);
Decided decide(const DecideContext&, const ReturnTable&);
Decided decide(const DecideContext&, const ObjectToFact&);  // decide_due_process.cc
Decided decide(const DecideContext&, const DecideFact&);
Decided decide(const DecideContext&, const DraftBulletin&);
Decided decide(const DecideContext&, const CorrectBulletin&);
Decided decide(const DecideContext&, const PublishBulletin&);
Decided decide(const DecideContext&, const ReadTable&);  // decide_disclosure.cc
Decided decide(const DecideContext&, const ExportData&);
Decided decide(const DecideContext&, const TableCampaign&);  // decide_proceedings.cc
Decided decide(const DecideContext&, const DecideCampaign&);
Decided decide(const DecideContext&, const GrantException&);
Decided decide(const DecideContext&, const FreezeCampaign&);
Decided decide(const DecideContext&, const SubmitCampaign&);
Decided decide(const DecideContext&, const AcceptCampaign&);
Decided decide(const DecideContext&, const ReopenCampaign&);
Decided decide(const DecideContext&, const RecordValidation&);  // decide_rules.cc
Decided decide(const DecideContext&, const ExplainFinding&);
Decided decide(const DecideContext&, const DecideExplanation&);
Decided decide(const DecideContext&, const WithdrawRule&);
Decided decide(const DecideContext&, const RecordIndicators&);  // decide_indicators.cc
Decided decide(const DecideContext&, const DraftPlan&);  // decide_plans.cc
Decided decide(const DecideContext&, const DecidePlan&);
Decided decide(const DecideContext&, const FollowUpPlan&);
Decided decide(const DecideContext&, const RegisterEvidence&);  // decide_evidence.cc
Decided decide(const DecideContext&, const ShowEvidence&);
Decided decide(const DecideContext&, const WithdrawEvidence&);
Decided decide(const DecideContext&, const ReportEvidenceMissing&);
Decided decide(const DecideContext&, const ConfirmRows&);  // decide_carry_forward.cc
Decided decide(const DecideContext&, const RequestCorrection&);  // decide_corrections.cc
Decided decide(const DecideContext&, const AnswerCorrection&);
Decided decide(const DecideContext&, const OpenCase&);  // decide_cases.cc
Decided decide(const DecideContext&, const SealPack&);
Decided decide(const DecideContext&, const ServeCase&);
Decided decide(const DecideContext&, const AcknowledgeCase&);
Decided decide(const DecideContext&, const ConcludeCase&);
Decided decide(const DecideContext&, const CorrectCase&);
Decided decide(const DecideContext&, const ChaseUnit&);  // decide_reminders.cc
Decided decide(const DecideContext&, const AnswerChase&);
Decided decide(const DecideContext&, const RecordReadiness&);  // decide_readiness.cc
Decided decide(const DecideContext&, const RecordOutage&);
Decided decide(const DecideContext&, const EraseRow&);  // decide_erasure.cc
Decided decide(const DecideContext&, const EraseTexts&);
Decided decide(const DecideContext&, const ErasePerson&);
Decided decide(const DecideContext&, const AttestTable&);  // decide_attestation.cc

}  // namespace countersign::ledger
