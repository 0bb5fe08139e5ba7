// Guards of the task's and the campaign's steps that no other test refuses by. TRANSITIONS.md names
// them one by one.
#include "ledger/domain/campaign_codec.h"
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class TransitionGuards : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }

  const CampaignId nowhere_{"1999"};
  const std::vector<ReturnReason> reasons_{{RowKey("7"), "unit_no", "", "x"}};
};

TEST_F(TransitionGuards, AssignmentNamesACampaignAndTablesThatThereAre) {
  EXPECT_EQ(refuse("centre", AssignTasks{nowhere_, {}}, "10-01 09:00").code,
            RefusalCode::unknown_campaign);
  EXPECT_EQ(refuse("centre", AssignTasks{kCampaign, {TableKey("nothing")}}, "10-01 09:00").code,
            RefusalCode::unknown_table);
}

TEST_F(TransitionGuards, AWindowIsOpenedAndClosedByTheCentreAndOnce) {
  const OpenPhase open{kCampaign, PhaseId("base")};
  EXPECT_EQ(refuse("centre", open, "10-01 09:00").code, RefusalCode::already_exists);
  EXPECT_EQ(refuse("admin", open, "10-01 09:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("centre", OpenPhase{kCampaign, PhaseId("none")}, "10-01 09:00").code,
            RefusalCode::unknown_subject);
  EXPECT_EQ(refuse("centre", OpenPhase{nowhere_, PhaseId("base")}, "10-01 09:00").code,
            RefusalCode::unknown_campaign);
  const ClosePhase close{kCampaign, PhaseId("base")};
  EXPECT_EQ(refuse("PO.head", close, "10-20 18:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("centre", ClosePhase{nowhere_, PhaseId("base")}, "10-20 18:00").code,
            RefusalCode::unknown_campaign);
  accept("centre", close, "10-20 18:00");
  accept("centre", open, "10-21 08:00");
}

TEST_F(TransitionGuards, ADueInstantMovesForTablesThatThereAre) {
  EXPECT_EQ(refuse("centre", MoveDue{kCampaign, {}, at("10-17 18:00"), "x"}, "10-14 08:00").code,
            RefusalCode::unknown_table);
  EXPECT_EQ(refuse("centre", MoveDue{kCampaign, {TableKey("nothing")}, at("10-17 18:00"), "x"},
                   "10-14 08:00")
                .code,
            RefusalCode::unknown_table);
}

TEST_F(TransitionGuards, AnAssistIsAskedByTheOwnerForAFutureInstantAndDeclinedWithAReason) {
  pass("PO", "units");
  RequestAssist ask{kCampaign,          TableKey("staff"), "titles",
                    DepartmentId("AA"), at("10-12 18:00"), "x"};
  EXPECT_EQ(refuse("PO.filler", ask, "10-10 09:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("HR.filler", ask, "10-12 18:00").code, RefusalCode::due_in_past);
  accept("HR.filler", ask, "10-10 09:00");
  EXPECT_EQ(refuse("COL.filler", DeliverAssist{kCampaign, TableKey("staff"), "titles", false},
                   "10-10 10:00")
                .code,
            RefusalCode::right_missing);
  EXPECT_EQ(
      refuse("AA.filler", DeclineAssist{kCampaign, TableKey("staff"), "titles", ""}, "10-10 10:00")
          .code,
      RefusalCode::reason_missing);
  const auto events = accept(
      "AA.filler", DeclineAssist{kCampaign, TableKey("staff"), "titles", "held"}, "10-10 10:00");
  EXPECT_EQ(std::get<AssistDeclined>(events.front()).department, DepartmentId("AA"));
}

TEST_F(TransitionGuards, ATableIsSubmittedByItsFillerInItsWindowAndOnce) {
  accept("PO.filler", change("units"), "10-08 09:00");
  EXPECT_EQ(refuse("PO.reviewer", submit("PO.reviewer", "units"), "10-08 10:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("HR.filler", submit("HR.filler", "staff"), "10-08 10:00").code,
            RefusalCode::task_blocked);
  accept("PO.filler", submit("PO.filler", "units"), "10-08 10:00");
  EXPECT_EQ(refuse("PO.filler", submit("PO.filler", "units"), "10-08 11:00").code,
            RefusalCode::wrong_state);
  accept("PO.filler", change("profile"), "10-08 11:00");
  accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 18:00");
  EXPECT_EQ(refuse("PO.filler", submit("PO.filler", "profile"), "10-20 19:00").code,
            RefusalCode::window_closed);
}

TEST_F(TransitionGuards, APassNamesALevelAndIsSignedWithinTheWindow) {
  accept("PO.filler", change("units"), "10-08 09:00");
  EXPECT_EQ(refuse("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-08 09:30").code,
            RefusalCode::wrong_state)
      << "not submitted";
  accept("PO.filler", submit("PO.filler", "units"), "10-08 10:00");
  EXPECT_EQ(refuse("PO.reviewer", approve("PO.reviewer", "units", "none"), "10-08 11:00").code,
            RefusalCode::unknown_subject);
  EXPECT_EQ(refuse("PO.reviewer", approve("PO.head", "units", "review"), "10-08 11:00").code,
            RefusalCode::signature_not_valid);
  accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 18:00");
  EXPECT_EQ(refuse("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-20 19:00").code,
            RefusalCode::window_closed);
}

TEST_F(TransitionGuards, TheOfficeGoesOnWithItsReviewAfterTheWindow) {
  pass("PO", "units");
  accept("PO.head", approve("PO.head", "units", "head"), "10-09 12:00");
  accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 18:00");
  accept("centre", approve("centre", "units", "office"), "10-21 09:00");
}

TEST_F(TransitionGuards, AReturnIsByTheLevelWhoseTurnItIsOnTheVersionSubmitted) {
  accept("PO.filler", change("units"), "10-08 09:00");
  accept("PO.filler", submit("PO.filler", "units"), "10-08 10:00");
  EXPECT_EQ(refuse("HR.reviewer", give_back("units", "review", reasons_), "10-08 11:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("PO.reviewer", give_back("units", "none", reasons_), "10-08 11:00").code,
            RefusalCode::unknown_subject);
  const Command of_first = give_back("units", "review", reasons_);
  accept("PO.filler", change("units"), "10-08 12:00");
  EXPECT_EQ(refuse("PO.reviewer", of_first, "10-08 13:00").code, RefusalCode::version_moved_on);
  accept("PO.filler", submit("PO.filler", "units"), "10-08 14:00");
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-08 15:00");
  EXPECT_EQ(refuse("PO.reviewer", give_back("units", "review", reasons_), "10-08 16:00").code,
            RefusalCode::wrong_state)
      << "it has passed this level";
}

TEST_F(TransitionGuards, WhatNamesNoCampaignIsRefused) {
  const DocumentRef document{Hash{1}, "x"};
  const std::vector<std::pair<const char*, Command>> commands = {
      {"centre", TableCampaign{nowhere_, BodyId("group"), document}},
      {"centre", GrantException{nowhere_, TableKey("units"), at("11-30 00:00"), "x"}},
      {"admin", FreezeCampaign{nowhere_, {}, {}}},
      {"admin", SubmitCampaign{nowhere_, document}},
      {"admin", AcceptCampaign{nowhere_, document}},
      {"admin", ReopenCampaign{nowhere_, document, {TableKey("units")}, at("11-30 00:00")}},
      {"PO.head", ObjectToFact{nowhere_, "F1-9", DepartmentId("PO"), "x", {}}},
      {"appraisal", ConcludeCase{nowhere_, 1, CaseOutcome::closed, {}, "x", {}, {}}},
      {"PO.head", AcknowledgeCase{nowhere_, 1}},
  };
  for (const auto& [account, command] : commands) {
    EXPECT_EQ(refuse(account, command, "11-20 09:00").code, RefusalCode::unknown_campaign);
  }
}

TEST_F(TransitionGuards, NothingIsFrozenWhileATableIsNotSettled) {
  for (const auto& [department, table] :
       {std::pair("PO", "units"), std::pair("PO", "profile"), std::pair("HR", "staff")}) {
    const std::string head = std::string(department) + ".head";
    pass(department, table);
    accept(head, approve(head, table, "head"), "10-12 11:00");
    accept("centre", approve("centre", table, "office"), "10-12 12:00");
  }
  for (const char* body : {"group", "committee"}) {
    accept("centre", TableCampaign{kCampaign, BodyId(body), {Hash{1}, "x"}}, "11-09 09:00");
    DecideCampaign decision;
    decision.campaign = kCampaign;
    decision.body = BodyId(body);
    decision.report = Hash{1};
    decision.attended = 5;
    decision.minutes = {Hash{2}, "minutes"};
    accept(body, decision, "11-09 15:00");
  }
  accept("centre", GrantException{kCampaign, TableKey("units"), at("11-16 00:00"), "x"},
         "11-14 09:00");
  EXPECT_EQ(refuse("admin", FreezeCampaign{kCampaign, {}, Hash{9}}, "11-17 09:00").code,
            RefusalCode::tables_unsettled);
}

TEST_F(TransitionGuards, ARuleThatChangesRaisesItsVersion) {
  const auto with_rule = [](const std::string& version, const std::string& sql) {
    std::string text = sample_definition();
    text.pop_back();
    text += R"(,"rules":[{"id":"X01","version":)" + version +
            R"(,"kind":"existence","severity":"blocking","name":{"zh":"名","en":"name"},)"
            R"("author":"PO","needs_evidence":false,"checks":[{"table":"units","reads":[],)"
            R"("reads_previous":[],"sql":")" +
            sql + R"("}]}]})";
    const auto parsed = parse_campaign(text);
    EXPECT_TRUE(parsed) << parsed.error().detail;
    return *parsed;
  };
  const std::string sql = "SELECT _key AS row FROM units";
  accept("admin", DefineCampaign{with_rule("1", sql), {}, 1}, "10-01 09:00");
  const Refusal refusal =
      refuse("admin", DefineCampaign{with_rule("1", sql + " WHERE 0"), {}, 2}, "10-02 09:00");
  EXPECT_EQ(refusal.code, RefusalCode::version_not_raised);
  accept("admin", DefineCampaign{with_rule("2", sql + " WHERE 0"), {}, 2}, "10-02 09:00");
}

TEST_F(TransitionGuards, TheApprovalChainStaysOnceATablePassedALevel) {
  const auto redefined = [&](std::uint32_t revision, auto change) {
    auto next = std::make_shared<CampaignDefinition>(*state_.directory->campaign(kCampaign));
    change(next->approval_chain);
    return DefineCampaign{std::move(next), {}, revision};
  };
  using Chain = std::vector<ApprovalLevel>;
  const auto without_head = [](Chain& chain) { chain.erase(chain.begin() + 1); };
  // Nothing has passed yet.
  accept("admin", redefined(1, [](Chain& chain) { std::swap(chain[1], chain[2]); }), "10-01 09:00");
  accept("admin", redefined(2, [](Chain& chain) { std::swap(chain[1], chain[2]); }), "10-01 10:00");
  pass("PO", "units");
  EXPECT_EQ(refuse("admin", redefined(3, without_head), "10-09 09:00").code,
            RefusalCode::chain_in_use);
  EXPECT_EQ(refuse("admin", redefined(3, [](Chain& chain) { std::swap(chain[1], chain[2]); }),
                   "10-09 09:00")
                .code,
            RefusalCode::chain_in_use);
  EXPECT_EQ(refuse("admin", redefined(3, [](Chain& chain) { chain[1].school_wide = true; }),
                   "10-09 09:00")
                .code,
            RefusalCode::chain_in_use);
  // What a level means and is called may be put better.
  accept("admin", redefined(3, [](Chain& chain) { chain[1].state.en = "signed by its head"; }),
         "10-09 09:00");
}

// A campaign that is defined and of which nothing was assigned.
class BeforeAssignment : public DeciderSpec {
 protected:
  void SetUp() override {
    const auto definition = parse_campaign(sample_definition());
    ASSERT_TRUE(definition) << definition.error().detail;
    accept("admin", DefineCampaign{*definition, {}, 0}, "09-21 09:00");
  }
};

TEST_F(BeforeAssignment, NothingIsDoneToATableThatIsNotAssigned) {
  ChangeRows rows;
  rows.campaign = kCampaign;
  rows.table = TableKey("units");
  EXPECT_EQ(refuse("PO.filler", rows, "10-01 09:00").code, RefusalCode::task_not_assigned);
  rows.table = TableKey("nothing");
  EXPECT_EQ(refuse("PO.filler", rows, "10-01 09:00").code, RefusalCode::unknown_table);
  rows.campaign = CampaignId("1999");
  EXPECT_EQ(refuse("PO.filler", rows, "10-01 09:00").code, RefusalCode::unknown_campaign);
  EXPECT_EQ(refuse("centre", MoveDue{kCampaign, {TableKey("units")}, at("10-17 18:00"), "x"},
                   "10-01 09:00")
                .code,
            RefusalCode::task_not_assigned);
}

TEST_F(BeforeAssignment, ATableOpensWithItsPhase) {
  accept("centre", AssignTasks{kCampaign, {}}, "09-25 09:00");
  EXPECT_EQ(task("units").status, TaskStatus::assigned);
  EXPECT_EQ(task("staff").status, TaskStatus::blocked);
  accept("centre", OpenPhase{kCampaign, PhaseId("base")}, "09-30 08:00");
  EXPECT_EQ(task("units").status, TaskStatus::open);
  EXPECT_EQ(task("staff").status, TaskStatus::blocked);
}

TEST_F(BeforeAssignment, ALedgerIsMadeOnce) {
  EXPECT_EQ(refuse("admin", CreateLedger{"x", {}, {}, AccountId("admin"), {}}, "10-01 09:00").code,
            RefusalCode::ledger_exists);
}

TEST(SimulatedLedger, ItsClockGoesForwardOnly) {
  State state;
  Envelope envelope;
  envelope.account = AccountId("admin");
  envelope.received_at = at("10-01 09:00");
  const CreateLedger create{"sim.example/log",
                            at("10-01 09:00"),
                            {PersonId("p-admin"), "管理员", {}},
                            AccountId("admin"),
                            {"verifier", std::string(32, 'k'), "sealed"}};
  auto made = decide(state, create, envelope, at("10-01 09:00"));
  auto& decision = std::get<Decision>(made);
  RecordedEvent event;
  event.actor = decision.actor;
  event.received_at = at("10-01 09:00");
  event.event = decision.events.front().event;
  evolve(state, event);
  const auto back = decide(state, AdvanceClock{at("09-30 09:00")}, envelope, at("10-01 09:00"));
  EXPECT_EQ(std::get<Refusal>(back).code, RefusalCode::clock_goes_back);
  const auto on = decide(state, AdvanceClock{at("10-02 09:00")}, envelope, at("10-01 09:00"));
  EXPECT_TRUE(std::holds_alternative<Decision>(on));
}

}  // namespace countersign::ledger
