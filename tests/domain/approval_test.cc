// Versions: submission, the approval chain, returns, and changes after a pass.
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class ApprovalChain : public DeciderSpec {
 protected:
  void SetUp() override {
    open_campaign();
    accept("PO.filler", change("units"), "10-08 09:00");
  }
  void submit_units() { accept("PO.filler", submit("PO.filler", "units"), "10-08 10:00"); }
  const std::vector<ReturnReason> reasons_{{RowKey("7"), "unit_no", "", "与批文不符"}};
};

TEST_F(ApprovalChain, GoesAlongTheChainInOrder) {
  submit_units();
  EXPECT_EQ(task("units").status, TaskStatus::submitted);
  EXPECT_EQ(refuse("PO.head", approve("PO.head", "units", "head"), "10-08 11:00").code,
            RefusalCode::level_out_of_order);
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-08 11:00");
  accept("PO.head", approve("PO.head", "units", "head"), "10-08 12:00");
  accept("centre", approve("centre", "units", "office"), "10-08 13:00");
  EXPECT_EQ(task("units").approvals_in_force, 3u);
  EXPECT_EQ(refuse("centre", approve("centre", "units", "office"), "10-08 14:00").code,
            RefusalCode::wrong_state);
}

TEST_F(ApprovalChain, OnlyTheOwnersReviewerPasses) {
  submit_units();
  EXPECT_EQ(refuse("HR.reviewer", approve("HR.reviewer", "units", "review"), "10-08 11:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("PO.filler", approve("PO.filler", "units", "review"), "10-08 11:00").code,
            RefusalCode::right_missing);
}

TEST_F(ApprovalChain, ASignatureIsByThePersonsOwnPresentKey) {
  EXPECT_EQ(refuse("PO.filler", submit("PO.reviewer", "units"), "10-08 10:00").code,
            RefusalCode::signature_not_valid);
  accept("admin", RevokeKey{PersonId("p-PO.filler"), "遗失"}, "10-08 10:00");
  EXPECT_EQ(refuse("PO.filler", submit("PO.filler", "units"), "10-08 10:01").code,
            RefusalCode::signature_not_valid);
}

TEST_F(ApprovalChain, AVersionThatChangedSinceItWasComputedIsNotSubmitted) {
  const Command early = submit("PO.filler", "units");
  accept("PO.filler", change("units"), "10-08 09:30");
  EXPECT_EQ(refuse("PO.filler", early, "10-08 10:00").code, RefusalCode::version_moved_on);
}

TEST_F(ApprovalChain, AChangeAfterAPassMakesANewUnsignedVersionAndVoidsNothing) {
  submit_units();
  const Command stale = approve("PO.head", "units", "head");
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-08 11:00");
  const auto events = accept("PO.filler", change("units", {0, 1, 0}), "10-08 12:00");
  EXPECT_EQ(std::get<RowsChanged>(events.front()).version, 2u);
  EXPECT_EQ(task("units").draft, 2u);
  EXPECT_EQ(task("units").approvals.size(), 1u);
  EXPECT_EQ(task("units").approvals.front().version, 1u);
  const Refusal refusal = refuse("PO.head", stale, "10-08 13:00");
  EXPECT_EQ(refusal.code, RefusalCode::version_moved_on);
  EXPECT_EQ(refusal.facts.at("named"), "1");
  EXPECT_EQ(refusal.facts.at("current"), "2");
}

TEST_F(ApprovalChain, AReturnNeedsAReasonThatNamesACellOrARule) {
  submit_units();
  EXPECT_EQ(refuse("PO.reviewer", give_back("units", "review", {}), "10-08 11:00").code,
            RefusalCode::reason_missing);
  EXPECT_EQ(refuse("PO.reviewer", give_back("units", "review", {{RowKey("7"), "", "", "错"}}),
                   "10-08 11:00")
                .code,
            RefusalCode::reason_names_nothing);
  EXPECT_EQ(refuse("PO.reviewer", give_back("units", "review", {{RowKey("7"), "unit_no", "", ""}}),
                   "10-08 11:00")
                .code,
            RefusalCode::reason_names_nothing);
  EXPECT_EQ(refuse("PO.reviewer", give_back("units", "review", {{{}, "no_such_column", "", "错"}}),
                   "10-08 11:00")
                .code,
            RefusalCode::reason_names_nothing);
  accept("PO.reviewer", give_back("units", "review", {{{}, "", "X01", "与教学单位重号"}}),
         "10-08 11:00");
  EXPECT_EQ(task("units").status, TaskStatus::returned);
}

TEST_F(ApprovalChain, AFirstReviewReturnSetsANewDueInstantInTheFuture) {
  submit_units();
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-08 11:00");
  EXPECT_EQ(
      refuse("centre", give_back("units", "office", reasons_, at("10-12 18:00")), "10-08 11:30")
          .code,
      RefusalCode::level_out_of_order);
  accept("PO.head", approve("PO.head", "units", "head"), "10-08 12:00");
  EXPECT_EQ(refuse("centre", give_back("units", "office", reasons_), "10-08 13:00").code,
            RefusalCode::due_missing);
  EXPECT_EQ(
      refuse("centre", give_back("units", "office", reasons_, at("10-08 12:00")), "10-08 13:00")
          .code,
      RefusalCode::due_in_past);
  accept("centre", give_back("units", "office", reasons_, at("10-16 18:00")), "10-08 13:00");
  EXPECT_EQ(task("units").due, at("10-16 18:00"));
  EXPECT_EQ(task("units").approvals_in_force, 0u);
  EXPECT_EQ(task("units").approvals.size(), 2u);
}

TEST_F(ApprovalChain, ADepartmentsOwnReturnDoesNotExtendWhatItOwes) {
  submit_units();
  const Refusal refusal = refuse(
      "PO.reviewer", give_back("units", "review", reasons_, at("10-30 18:00")), "10-08 11:00");
  EXPECT_EQ(refusal.code, RefusalCode::level_sets_no_due);
  EXPECT_EQ(refusal.facts.at("level"), "review");
  const Timestamp due = task("units").due;
  accept("PO.reviewer", give_back("units", "review", reasons_), "10-08 11:00");
  EXPECT_EQ(task("units").due, due);
}

TEST_F(ApprovalChain, ALevelThatMayNotReturnDoesNot) {
  submit_units();
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-08 11:00");
  EXPECT_EQ(refuse("PO.head", give_back("units", "head", reasons_), "10-08 12:00").code,
            RefusalCode::level_may_not_return);
}

TEST_F(ApprovalChain, ASingleRecordIsSubmittedOnlyWhenItIsThere) {
  EXPECT_EQ(refuse("PO.filler", submit("PO.filler", "profile"), "10-08 10:00").code,
            RefusalCode::nothing_to_submit);
}

TEST_F(ApprovalChain, APassReleasesTheTablesThatWaitedAndNamesWhatReleasedThem) {
  EXPECT_EQ(task("staff").status, TaskStatus::blocked);
  submit_units();
  const auto events =
      accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-08 11:00");
  ASSERT_EQ(events.size(), 2u);
  const auto& released = std::get<TaskUnblocked>(events[1]);
  EXPECT_EQ(released.table.value, "staff");
  EXPECT_EQ(released.by.value, "units");
  EXPECT_EQ(recorded()[1].actor.hat.role, Role::system);
  EXPECT_EQ(task("staff").status, TaskStatus::open);
}

class TwoPersons : public DeciderSpec {
 protected:
  void SetUp() override {
    open_campaign();
    pass("PO", "units");
  }
};

TEST_F(TwoPersons, WhoEditedLastDoesNotPassUnderAnotherHat) {
  const Hat filler{Role::filler, DepartmentId("HR")};
  accept("dual", change("staff"), "10-10 09:00", filler);
  accept("HR.filler", submit("HR.filler", "staff"), "10-10 10:00");
  EXPECT_EQ(refuse("dual", approve("dual", "staff", "review"), "10-10 11:00").code,
            RefusalCode::same_person);
  accept("HR.reviewer", approve("HR.reviewer", "staff", "review"), "10-10 11:00");
}

TEST_F(TwoPersons, ADelegateActsUnderBothNamesAndIsHeldToTheSameRule) {
  const Hat reviewer{Role::reviewer, DepartmentId("HR")};
  accept("HR.reviewer",
         GrantDelegation{kCampaign, reviewer, PersonId("p-HR.reviewer"), PersonId("p-AA.reviewer"),
                         at("10-12 18:00"), "外出"},
         "10-10 08:00");
  accept("HR.reviewer",
         GrantDelegation{kCampaign, reviewer, PersonId("p-HR.reviewer"), PersonId("p-HR.filler"),
                         at("10-12 18:00"), "外出"},
         "10-10 08:00");
  accept("HR.filler", change("staff"), "10-10 09:00");
  accept("HR.filler", submit("HR.filler", "staff"), "10-10 10:00");
  EXPECT_EQ(refuse("HR.filler", approve("HR.filler", "staff", "review"), "10-10 11:00").code,
            RefusalCode::same_person);
  accept("AA.reviewer", approve("AA.reviewer", "staff", "review"), "10-10 11:00");
  EXPECT_EQ(recorded()[0].actor.person.value, "p-AA.reviewer");
  EXPECT_EQ(recorded()[0].actor.on_behalf_of->value, "p-HR.reviewer");
}

TEST_F(TwoPersons, ADelegationEndsWithItsInstantAndByRevocation) {
  const Hat reviewer{Role::reviewer, DepartmentId("HR")};
  const GrantDelegation grant{
      kCampaign,         reviewer, PersonId("p-HR.reviewer"), PersonId("p-AA.reviewer"),
      at("10-10 12:00"), "外出"};
  const LeafIndex granted = state_.size;
  accept("HR.reviewer", grant, "10-10 08:00");
  accept("HR.filler", change("staff"), "10-10 09:00");
  accept("HR.filler", submit("HR.filler", "staff"), "10-10 10:00");
  EXPECT_EQ(refuse("AA.reviewer", approve("AA.reviewer", "staff", "review"), "10-10 12:00").code,
            RefusalCode::right_missing);
  accept("HR.reviewer", RevokeDelegation{kCampaign, std::to_string(granted)}, "10-10 11:00");
  EXPECT_EQ(refuse("AA.reviewer", approve("AA.reviewer", "staff", "review"), "10-10 11:30").code,
            RefusalCode::right_missing);
}

TEST_F(TwoPersons, OnlyOnesOwnHatIsLentToAnotherPersonForATime) {
  const Hat reviewer{Role::reviewer, DepartmentId("HR")};
  const GrantDelegation good{
      kCampaign,         reviewer, PersonId("p-HR.reviewer"), PersonId("p-AA.reviewer"),
      at("10-12 18:00"), "外出"};
  GrantDelegation of_another = good;
  of_another.from = PersonId("p-AA.filler");
  EXPECT_EQ(refuse("AA.filler", of_another, "10-10 08:00").code,
            RefusalCode::delegation_not_allowed);
  GrantDelegation to_oneself = good;
  to_oneself.to = good.from;
  EXPECT_EQ(refuse("HR.reviewer", to_oneself, "10-10 08:00").code,
            RefusalCode::delegation_not_allowed);
  EXPECT_EQ(refuse("HR.reviewer", good, "10-13 08:00").code, RefusalCode::delegation_not_allowed);
  EXPECT_EQ(refuse("AA.filler", good, "10-10 08:00").code, RefusalCode::right_missing);
}

}  // namespace countersign::ledger
