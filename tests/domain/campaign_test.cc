// Assignment, phases, due instants, rows and rights, accounts.
#include "ledger/domain/campaign_codec.h"
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class CampaignRules : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }
  ChangeRows rows(const std::string& table) const { return std::get<ChangeRows>(change(table)); }
};

TEST_F(CampaignRules, EveryTableIsAssignedOnceAndWaitsForWhatItDependsOn) {
  EXPECT_EQ(task("units").status, TaskStatus::open);
  EXPECT_EQ(task("staff").status, TaskStatus::blocked);
  EXPECT_EQ(refuse("centre", AssignTasks{kCampaign, {}}, "10-01 09:00").code,
            RefusalCode::already_exists);
  EXPECT_EQ(refuse("PO.head", AssignTasks{kCampaign, {}}, "10-01 09:00").code,
            RefusalCode::right_missing);
}

TEST_F(CampaignRules, ABlockedTableIsNotFilledAndSaysWhatItWaitsFor) {
  const Refusal refusal = refuse("HR.filler", change("staff"), "10-08 09:00");
  EXPECT_EQ(refusal.code, RefusalCode::task_blocked);
  EXPECT_EQ(refusal.facts.at("by"), "units");
  EXPECT_NE(refusal.guard().zh, refusal.guard().en);
}

TEST_F(CampaignRules, AClosedPhaseTakesNoChangesAndListsWhatIsMissing) {
  const auto events = accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 18:00");
  EXPECT_EQ(std::get<PhaseClosed>(events.front()).undelivered.size(), 3u);
  EXPECT_EQ(refuse("PO.filler", change("units"), "10-20 19:00").code, RefusalCode::window_closed);
  EXPECT_EQ(refuse("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 19:00").code,
            RefusalCode::window_closed);
}

TEST_F(CampaignRules, ALateActInsideAnOpenWindowIsAccepted) {
  accept("PO.filler", change("units"), "10-18 09:00");
  const auto events = accept("PO.filler", submit("PO.filler", "units"), "10-18 10:00");
  EXPECT_EQ(std::get<TableSubmitted>(events.front()).due, at("10-15 00:00"));
}

TEST_F(CampaignRules, AnExtensionIsGrantedBeforeTheDueInstantOnly) {
  const MoveDue move{kCampaign, {TableKey("units")}, at("10-17 18:00"), "停电"};
  EXPECT_EQ(refuse("centre", move, "10-15 08:00").code, RefusalCode::due_in_past);
  MoveDue without_reason = move;
  without_reason.reason.clear();
  EXPECT_EQ(refuse("centre", without_reason, "10-14 08:00").code, RefusalCode::reason_missing);
  EXPECT_EQ(refuse("PO.head", move, "10-14 08:00").code, RefusalCode::right_missing);
  accept("centre", move, "10-14 08:00");
  EXPECT_EQ(task("units").due, at("10-17 18:00"));
}

TEST_F(CampaignRules, OnlyTheOwnerAndItsAssistantsChangeRows) {
  pass("PO", "units");
  EXPECT_EQ(refuse("HR.reviewer", change("staff"), "10-10 09:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("PO.filler", change("staff"), "10-10 09:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("centre", change("staff"), "10-10 09:00").code, RefusalCode::right_missing);
  accept("HR.filler", change("staff"), "10-10 09:00");
}

TEST_F(CampaignRules, AnAssistantByRowChangesItsOwnUnitsRowsOnly) {
  pass("PO", "units");
  ChangeRows own = rows("staff");
  own.row_units = {"unit_no=104"};
  accept("COL.filler", own, "10-10 09:00");
  ChangeRows foreign = rows("staff");
  foreign.row_units = {"unit_no=102", "unit_no=104"};
  EXPECT_EQ(refuse("COL.filler", foreign, "10-10 09:00").code, RefusalCode::right_missing);
}

TEST_F(CampaignRules, AnAssistantByColumnChangesItsColumnsOfExistingRowsOnly) {
  pass("PO", "units");
  ChangeRows own = std::get<ChangeRows>(change("staff", {0, 1, 0}));
  own.columns = {"title"};
  accept("AA.filler", own, "10-10 09:00");
  ChangeRows wider = own;
  wider.columns = {"title", "unit_no"};
  EXPECT_EQ(refuse("AA.filler", wider, "10-10 09:00").code, RefusalCode::right_missing);
  ChangeRows new_row = rows("staff");
  new_row.columns = {"title"};
  EXPECT_EQ(refuse("AA.filler", new_row, "10-10 09:00").code, RefusalCode::right_missing);
}

TEST_F(CampaignRules, RemovingNeedsAReason) {
  ChangeRows removal = std::get<ChangeRows>(change("units", {0, 0, 1}));
  EXPECT_EQ(refuse("PO.filler", removal, "10-08 09:00").code, RefusalCode::reason_missing);
  removal.reason = "撤销";
  accept("PO.filler", removal, "10-08 09:00");
}

TEST_F(CampaignRules, AnImportWithoutDifferencesIsItsReceiptAlone) {
  ChangeRows import = rows("units");
  import.chunks.clear();
  import.whole_rows = false;
  import.import = ImportSummary{"csv", {}, 30, 30, false};
  const auto events = accept("PO.filler", import, "10-08 09:00");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<SheetImported>(events.front()));
  EXPECT_FALSE(task("units").content_index.has_value());
}

TEST_F(CampaignRules, RowsCheckedAgainstAnOlderDefinitionAreRefused) {
  ChangeRows old = rows("units");
  old.definition_revision = 0;
  EXPECT_EQ(refuse("PO.filler", old, "10-08 09:00").code, RefusalCode::definition_moved_on);
}

TEST_F(CampaignRules, AnAssistIsAskedAnsweredAndAnsweredOnce) {
  pass("PO", "units");
  const RequestAssist ask{kCampaign,          TableKey("staff"), "titles",
                          DepartmentId("AA"), at("10-12 18:00"), "请核对职称"};
  EXPECT_EQ(refuse("AA.filler", DeliverAssist{kCampaign, TableKey("staff"), "titles", false},
                   "10-10 09:00")
                .code,
            RefusalCode::assist_not_open);
  accept("HR.filler", ask, "10-10 09:00");
  accept("AA.filler", DeliverAssist{kCampaign, TableKey("staff"), "titles", true}, "10-11 09:00");
  EXPECT_EQ(refuse("AA.filler", DeclineAssist{kCampaign, TableKey("staff"), "titles", "无"},
                   "10-11 10:00")
                .code,
            RefusalCode::assist_not_open);
  RequestAssist unknown = ask;
  unknown.part = "no such part";
  EXPECT_EQ(refuse("HR.filler", unknown, "10-10 09:00").code, RefusalCode::unknown_subject);
}

TEST_F(CampaignRules, AnAccountActsFromItsStartToItsClosing) {
  EXPECT_EQ(refuse("nobody", change("units"), "10-08 09:00").code, RefusalCode::unknown_account);
  pass("PO", "units");
  EXPECT_EQ(refuse("late", change("staff"), "10-12 23:59").code, RefusalCode::account_not_valid);
  accept("late", change("staff"), "10-13 00:00");
  accept("admin", CloseAccount{AccountId("late"), "离职"}, "10-14 09:00");
  EXPECT_EQ(refuse("late", change("staff"), "10-14 09:01").code, RefusalCode::account_not_valid);
}

TEST_F(CampaignRules, OnlyAdministratorsOpenAccountsAndNobodyTakesAnothersAccount) {
  const OpenAccount open{
      {AccountId("new"), PersonId("p-new"), {{Role::filler, DepartmentId("HR")}}, {}, {}},
      Person{PersonId("p-new"), "新人", DepartmentId("HR")}};
  EXPECT_EQ(refuse("HR.head", open, "10-08 09:00").code, RefusalCode::right_missing);
  accept("admin", open, "10-08 09:00");
  EXPECT_EQ(refuse("admin", open, "10-08 09:01").code, RefusalCode::already_exists);
  auto definition = std::make_shared<CampaignDefinition>(**parse_campaign(sample_definition()));
  for (Account& account : definition->accounts) {
    if (account.id.value == "HR.filler") account.person = PersonId("p-PO.filler");
  }
  EXPECT_EQ(refuse("admin", DefineCampaign{definition, {}, 1}, "10-08 09:00").code,
            RefusalCode::already_exists);
}

TEST_F(CampaignRules, ADefinitionReplacesTheRevisionItWasMadeFrom) {
  const auto definition = *parse_campaign(sample_definition());
  EXPECT_EQ(refuse("admin", DefineCampaign{definition, {}, 0}, "10-08 09:00").code,
            RefusalCode::definition_moved_on);
  EXPECT_EQ(refuse("centre", DefineCampaign{definition, {}, 1}, "10-08 09:00").code,
            RefusalCode::right_missing);
  accept("admin", DefineCampaign{definition, {}, 1}, "10-08 09:00");
  EXPECT_EQ(state_.directory->campaigns.at(kCampaign).revision, 2u);
}

TEST_F(CampaignRules, ARealLedgersClockCannotBeSet) {
  EXPECT_EQ(refuse("admin", AdvanceClock{at("12-01 00:00")}, "10-08 09:00").code,
            RefusalCode::not_simulated);
}

TEST_F(CampaignRules, ReadingIsDeniedByDefault) {
  const auto scope = [&](const std::string& account, const std::string& table) {
    return may_read_table(*state_.directory, *state_.directory->account(AccountId(account)),
                          kCampaign, TableKey(table), at("10-08 09:00"));
  };
  EXPECT_EQ(scope("HR.filler", "staff"), ReadScope::all);
  EXPECT_EQ(scope("HR.head", "staff"), ReadScope::all);
  EXPECT_EQ(scope("COL.filler", "staff"), ReadScope::own_part);
  EXPECT_EQ(scope("PO.filler", "staff"), ReadScope::none);
  EXPECT_EQ(scope("COL.filler", "units"), ReadScope::none);
  EXPECT_EQ(scope("centre", "staff"), ReadScope::all);
  EXPECT_EQ(scope("centre", "no such table"), ReadScope::none);
}

}  // namespace countersign::ledger
