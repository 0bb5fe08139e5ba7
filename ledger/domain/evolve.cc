#include "ledger/base/result.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/erased_item_codec.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

// Readers hold the old directory; a change makes a new one.
Directory& writable(State& state) {
  auto copy = std::make_shared<Directory>(*state.directory);
  Directory& directory = *copy;
  state.directory = std::move(copy);
  return directory;
}

void set_credential(Directory& directory, const AccountId& account, const Credential& credential,
                    bool service_held, bool enrols, LeafIndex index) {
  AccountRecord& record = directory.accounts[account];
  ++record.credential_epoch;
  record.verifier = credential.verifier;
  record.sealed_key = credential.sealed_key;
  if (!enrols) return;
  directory.keys[record.account.person].push_back({credential.public_key, service_held, index});
}

const TableDefinition& definition_of(const State& state, const CampaignId& campaign,
                                     const TableKey& table) {
  return *state.directory->campaign(campaign)->table(table);
}

TaskStatus status_when_free(const State& state, const CampaignId& campaign, const Task& task) {
  const auto& open = state.campaigns.at(campaign).open_phases;
  if (!open.contains(definition_of(state, campaign, task.table).phase)) return TaskStatus::assigned;
  return task.content_index ? TaskStatus::filling : TaskStatus::open;
}

struct Evolver {
  State& state;
  const RecordedEvent& recorded;

  void operator()(const LedgerCreated& event) const {
    Directory& directory = writable(state);
    directory.origin = event.origin;
    directory.simulated = event.simulated_start.has_value();
    state.simulated_now = event.simulated_start;
    directory.persons[event.administrator.id] = event.administrator;
    AccountRecord& record = directory.accounts[event.account];
    record.account = {event.account, event.administrator.id, {{Role::administrator, {}}}, {}, {}};
    set_credential(directory, event.account, event.credential, true, true, recorded.index);
  }

  void operator()(const CampaignDefined& event) const {
    Directory& directory = writable(state);
    directory.campaigns[event.campaign] = {event.revision, recorded.index, event.definition};
    for (const Person& person : event.definition->persons) directory.persons[person.id] = person;
    for (const Account& account : event.definition->accounts) {
      directory.accounts[account.id].account = account;
    }
    campaign_of(event.campaign);
  }

  void operator()(const AccountOpened& event) const {
    Directory& directory = writable(state);
    if (event.person) directory.persons[event.person->id] = *event.person;
    directory.accounts[event.account.id].account = event.account;
  }
  void operator()(const AccountClosed& event) const {
    writable(state).accounts[event.account].closed = true;
  }
  void operator()(const CredentialSet& event) const {
    set_credential(writable(state), event.account, event.credential, event.service_held,
                   event.enrols, recorded.index);
  }
  void operator()(const KeyRevoked& event) const {
    for (KeyRecord& key : writable(state).keys[event.person]) {
      if (key.public_key != event.public_key || key.revoked_by) continue;
      key.revoked_by = recorded.index;
      key.revoked_by_holder = recorded.actor.person == event.person;
    }
  }
  void operator()(const LogKeyRotated& event) const {
    state.log_keys.push_back({recorded.index, event.retires, event.verifier_key});
  }
  void operator()(const KeyEnrolled& event) const {
    writable(state).keys[event.person].push_back({event.public_key, false, recorded.index});
  }

  void operator()(const TaskAssigned& event) const {
    Task& task = task_of(event.campaign, event.table);
    task.table = event.table;
    task.department = event.department;
    task.due = event.due;
    task.status = status_when_free(state, event.campaign, task);
  }
  void operator()(const TaskBlocked& event) const {
    Task& task = task_of(event.campaign, event.table);
    task.blocked_by.insert(event.by.begin(), event.by.end());
    task.status = TaskStatus::blocked;
  }
  void operator()(const TaskUnblocked& event) const {
    Task& task = task_of(event.campaign, event.table);
    task.blocked_by.clear();
    task.status = status_when_free(state, event.campaign, task);
  }
  void operator()(const PhaseOpened& event) const {
    CampaignState& campaign = campaign_of(event.campaign);
    campaign.open_phases.insert(event.phase);
    campaign.closed_phases.erase(event.phase);
    for (auto& [key, task] : campaign.tasks) {
      if (task.status == TaskStatus::assigned &&
          definition_of(state, event.campaign, key).phase == event.phase) {
        task.status = status_when_free(state, event.campaign, task);
      }
    }
  }
  void operator()(const PhaseClosed& event) const {
    CampaignState& campaign = campaign_of(event.campaign);
    campaign.open_phases.erase(event.phase);
    campaign.closed_phases.insert(event.phase);
  }
  void operator()(const DueMoved& event) const {
    task_of(event.campaign, event.table).due = event.to;
  }
  void operator()(const DelegationGranted& event) const {
    writable(state).delegations.push_back(
        {recorded.index, event.campaign, event.hat, event.from, event.to, event.until, false});
  }
  void operator()(const DelegationRevoked& event) const {
    for (Delegation& delegation : writable(state).delegations) {
      if (delegation.granted_by == event.granted_by) delegation.revoked = true;
    }
  }

  void operator()(const RowsChanged& event) const {
    Task& task = task_of(event.campaign, event.table);
    task.rows += event.counts.added;
    task.rows -= std::min<std::uint64_t>(task.rows, event.counts.removed);
    task.content_index = recorded.index;
    // Nobody has edited what was only brought over.
    if (event.carried) {
      task.carried = true;
    } else {
      task.last_editor = recorded.actor.person;
    }
    task.draft = event.version;
    task.approvals_in_force = 0;
    task.status = event.cites ? TaskStatus::final_filling : TaskStatus::filling;
  }
  void operator()(const SheetImported&) const {}

  void operator()(const AssistRequested& event) const {
    task_of(event.campaign, event.table).assists[event.part + "/" + event.department.value] =
        {event.department, event.due, recorded.index, Assist::Status::requested};
  }
  void operator()(const AssistDelivered& event) const {
    answer(event.campaign, event.table, event.part, event.department, Assist::Status::delivered);
  }
  void operator()(const AssistDeclined& event) const {
    answer(event.campaign, event.table, event.part, event.department, Assist::Status::declined);
  }

  void operator()(const TableSubmitted& event) const {
    Task& task = task_of(event.campaign, event.table);
    task.status = TaskStatus::submitted;
    task.submitted_version = event.version;
    task.submitted_by = recorded.index;
    task.draft = event.version.number;
    task.approvals_in_force = 0;
    task.ever_submitted = true;
  }
  void operator()(const TableApproved& event) const {
    Task& task = task_of(event.campaign, event.table);
    task.status = TaskStatus::approved;
    ++task.approvals_in_force;
    task.approvals.push_back(
        {event.level, recorded.actor.person, event.version.number, recorded.index});
    if (task.reopening && task.reopening->through == event.level) task.reopening->confirmed = true;
  }
  void operator()(const TableReturned& event) const {
    Task& task = task_of(event.campaign, event.table);
    task.status = TaskStatus::returned;
    task.approvals_in_force = 0;
    if (task.reopening) task.reopening->confirmed = false;
    if (event.due) task.due = *event.due;
  }

  void operator()(const CampaignTabled& event) const {
    campaign_of(event.campaign).tabled = TabledReport{recorded.index, event.report.hash};
  }
  void operator()(const CampaignDecided& event) const {
    CampaignState& campaign = campaign_of(event.campaign);
    campaign.tabled.reset();
    if (event.outcome != Resolution::sent_back) ++campaign.bodies_passed;
    const DecidingBody* body = state.directory->campaign(event.campaign)->body(event.body);
    for (const TableKey& table : event.tables) {
      reopen(event.campaign, table, event.due, body == nullptr ? LevelId() : body->again_through);
    }
  }
  void operator()(const ExceptionGranted& event) const {
    reopen(event.campaign, event.table, event.due, last_asked(event.campaign));
  }
  void operator()(const CampaignFrozen& event) const {
    campaign_of(event.campaign).frozen = event.hash;
  }
  void operator()(const CampaignSubmitted& event) const {
    campaign_of(event.campaign).submitted = recorded.index;
  }
  void operator()(const CampaignAccepted& event) const {
    campaign_of(event.campaign).accepted = recorded.index;
  }
  void operator()(const CampaignReopened& event) const {
    CampaignState& campaign = campaign_of(event.campaign);
    campaign.frozen.reset();
    campaign.submitted.reset();
    campaign.accepted.reset();
    for (const TableKey& table : event.tables) {
      reopen(event.campaign, table, event.due, last_asked(event.campaign));
    }
  }

  void operator()(const FactObjected& event) const {
    FactStanding& fact = campaign_of(event.campaign).facts[event.fact];
    fact.department = event.department;
    fact.objections = event.stage;
    fact.objector = recorded.actor.person;
  }
  void operator()(const FactDecided& event) const {
    FactStanding& fact = campaign_of(event.campaign).facts[event.fact];
    fact.department = event.department;
    fact.objector.reset();
    // An appeal that fails leaves the decision as it was; it never makes it heavier.
    const bool taken_back = fact.verdict == Verdict::voided;
    if (!taken_back && (!fact.verdict || event.verdict != Verdict::upheld)) {
      fact.verdict = event.verdict;
    }
    fact.decided_at = recorded.received_at;
  }
  void operator()(const BulletinDrafted& event) const {
    campaign_of(event.campaign).bulletins[recorded.index] = {
        event.facts, recorded.index, event.objections_until, false, false};
  }
  void operator()(const BulletinCorrected& event) const {
    Bulletin& bulletin = campaign_of(event.campaign).bulletins[event.bulletin];
    bulletin.facts = event.facts;
    bulletin.text = recorded.index;
    bulletin.objections_until = event.objections_until;
    bulletin.published = false;
  }
  void operator()(const BulletinPublished& event) const {
    Bulletin& bulletin = campaign_of(event.campaign).bulletins[event.bulletin];
    bulletin.reached = bulletin.reached || !event.to.empty();
    bulletin.published = true;
  }

  void operator()(const TableRead&) const {}
  void operator()(const DataExported&) const {}

  void operator()(const ClockAdvanced& event) const { state.simulated_now = event.to; }

  void operator()(const ValidationRun& event) const {
    Validation run{recorded.index, event.version, event.definition_revision, {}};
    for (const RuleOutcome& outcome : event.outcomes) run.outcomes[outcome.rule] = outcome;
    task_of(event.campaign, event.table).validation = std::move(run);
  }
  void operator()(const FindingExplained& event) const {
    Task& task = task_of(event.campaign, event.table);
    task.explanations[recorded.index] = {event.rule, event.rule_version, event.covers,
                                         recorded.actor.person, Explanation::Status::proposed};
    if (RuleOutcome* outcome = outcome_of(task, event.rule, event.rule_version)) {
      outcome->open -= std::min(outcome->open, event.covers);
    }
  }
  void operator()(const ExplanationDecided& event) const {
    Task& task = task_of(event.campaign, event.table);
    Explanation& one = task.explanations[event.explanation];
    one.status = event.accepted ? Explanation::Status::accepted : Explanation::Status::rejected;
    if (event.accepted) return;
    // What it covered is open again.
    if (RuleOutcome* outcome = outcome_of(task, one.rule, one.rule_version)) {
      outcome->open = std::min(outcome->count, outcome->open + one.covers);
    }
  }
  void operator()(const RuleWithdrawn& event) const {
    CampaignState& campaign = campaign_of(event.campaign);
    campaign.withdrawn_rules.insert(event.rule + "@" + std::to_string(event.version));
    for (auto& [key, task] : campaign.tasks) {
      if (RuleOutcome* outcome = outcome_of(task, event.rule, event.version)) outcome->open = 0;
    }
  }

  void operator()(const IndicatorsComputed& event) const {
    CampaignState& campaign = campaign_of(event.campaign);
    campaign.computed_by = recorded.index;
    for (const IndicatorValue& one : event.indicators) {
      campaign.indicators[one.indicator] = {one.version, one.result};
    }
  }
  void operator()(const PlanRequired& event) const {
    RectificationPlan plan;
    plan.department = event.department;
    plan.required_by = recorded.index;
    campaign_of(event.campaign).plans[event.indicator] = std::move(plan);
  }
  void operator()(const PlanDrafted& event) const {
    RectificationPlan& plan = campaign_of(event.campaign).plans[event.indicator];
    plan.status = RectificationPlan::Status::drafted;
    plan.drafted_by = recorded.index;
    plan.drafts = event.draft;
    plan.items = event.items_total;
  }
  void operator()(const PlanDecided& event) const {
    campaign_of(event.campaign).plans[event.indicator].status =
        event.accepted ? RectificationPlan::Status::accepted : RectificationPlan::Status::due;
  }
  void operator()(const PlanFollowedUp& event) const {
    campaign_of(event.campaign).plan_items_followed_up.insert(event.indicator + "/" +
                                                                  event.item);
  }

  void operator()(const EvidenceRegistered& event) const {
    campaign_of(event.campaign).evidence[recorded.index] = {event.table,
                                                                event.what.custodian,
                                                                event.what.hash,
                                                                event.requirements,
                                                                EvidenceStanding::Status::standing,
                                                                recorded.index,
                                                                covers_print(event.covers)};
  }
  void operator()(const EvidenceShown&) const {}
  void operator()(const EvidenceWithdrawn& event) const {
    EvidenceStanding& one = campaign_of(event.campaign).evidence[event.evidence];
    one.status = EvidenceStanding::Status::withdrawn;
    one.changed_by = recorded.index;
  }
  void operator()(const EvidenceMissing& event) const {
    EvidenceStanding& one = campaign_of(event.campaign).evidence[event.evidence];
    one.status = EvidenceStanding::Status::missing;
    one.changed_by = recorded.index;
  }

  void operator()(const RowsConfirmed&) const {}
  void operator()(const CorrectionRequested& event) const {
    task_of(event.campaign, event.table).open_corrections.insert(recorded.index);
  }
  void operator()(const CorrectionAnswered& event) const {
    task_of(event.campaign, event.table).open_corrections.erase(event.request);
  }

  void operator()(const CaseOpened& event) const {
    AppraisalCase one;
    one.department = event.department;
    one.facts = event.facts;
    campaign_of(event.campaign).cases[recorded.index] = std::move(one);
  }
  void operator()(const PackSealed& event) const {
    AppraisalCase& one = case_of(event);
    one.pack = event.hash;
    // The unit has not been given this one.
    one.served_by.reset();
    one.acknowledged = false;
  }
  void operator()(const CaseServed& event) const {
    case_of(event).served_by = recorded.index;
    case_of(event).objections_until = event.objections_until;
  }
  void operator()(const CaseAcknowledged& event) const { case_of(event).acknowledged = true; }
  void operator()(const CaseConcluded& event) const {
    AppraisalCase& one = case_of(event);
    one.outcome = event.outcome;
    one.appeal_until = event.appeal_until;
  }
  void operator()(const CaseCorrected&) const {}

  void operator()(const UnitChased& event) const {
    campaign_of(event.campaign).chases[recorded.index] = {event.department, false};
  }
  void operator()(const ChaseAnswered& event) const {
    campaign_of(event.campaign).chases[event.chase].answered = true;
  }
  void operator()(const DepartmentsReady&) const {}
  void operator()(const OutageRecorded&) const {}
  void operator()(const RowErased&) const {}
  void operator()(const TextsErased&) const {}
  // As a fold of the payloads that are left gives it.
  void operator()(const PersonErased& event) const {
    const auto forget = [&](Person& person) {
      if (person.id != event.person) return;
      person.name = kErasedText;
      person.staff_no.clear();
    };
    Directory& directory = writable(state);
    for (auto& [id, person] : directory.persons) forget(person);
    for (auto& [id, campaign] : directory.campaigns) {
      auto definition = std::make_shared<CampaignDefinition>(*campaign.definition);
      for (Person& person : definition->persons) forget(person);
      campaign.definition = std::move(definition);
    }
  }
  void operator()(const TableAttested&) const {}

 private:
  // For changing it.
  CampaignState& campaign_of(const CampaignId& id) const {
    CampaignState& campaign = state.campaigns[id];
    campaign.changed_by = recorded.index;
    return campaign;
  }
  Task& task_of(const CampaignId& campaign, const TableKey& table) const {
    return campaign_of(campaign).tasks[table];
  }
  // What the last run says of this very version of a rule; nullptr: nothing.
  static RuleOutcome* outcome_of(Task& task, const std::string& rule, std::uint32_t version) {
    if (!task.validation) return nullptr;
    const auto found = task.validation->outcomes.find(rule);
    if (found == task.validation->outcomes.end() || found->second.version != version) {
      return nullptr;
    }
    return &found->second;
  }
  template <typename E>
  AppraisalCase& case_of(const E& event) const {
    return campaign_of(event.campaign).cases[event.case_id];
  }
  void reopen(const CampaignId& campaign, const TableKey& table, std::optional<Timestamp> due,
              const LevelId& through) const {
    Task& task = task_of(campaign, table);
    task.reopening = Reopening{recorded.index, through, false};
    task.approvals_in_force = 0;
    task.status = TaskStatus::final_filling;
    if (due) task.due = *due;
  }
  // The levels that the last body to decide asks for; before any has, the whole chain.
  LevelId last_asked(const CampaignId& id) const {
    const CampaignDefinition& definition = *state.directory->campaign(id);
    const std::size_t passed = state.campaigns.at(id).bodies_passed;
    if (passed > 0 && passed <= definition.bodies.size()) {
      return definition.bodies[passed - 1].again_through;
    }
    return definition.approval_chain.back().id;
  }
  void answer(const CampaignId& campaign, const TableKey& table, const std::string& part,
              const DepartmentId& department, Assist::Status status) const {
    task_of(campaign, table).assists[part + "/" + department.value].status = status;
  }
};

}  // namespace

void evolve(State& state, const RecordedEvent& event) {
  CS_ASSERT(event.index == state.size);
  std::visit(Evolver{state, event}, event.event);
  ++state.size;
}

}  // namespace countersign::ledger
