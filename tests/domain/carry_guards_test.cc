// Carrying last year's rows forward, confirming them, and corrections asked for by the persons whom
// rows are about: each step once, and each guard that refuses it.
#include "ledger/domain/campaign_codec.h"
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto found = text.find(from);
  EXPECT_NE(found, std::string::npos) << from;
  return found == std::string::npos ? text : text.replace(found, from.size(), to);
}

std::shared_ptr<const CampaignDefinition> parsed(const std::string& text) {
  const auto definition = parse_campaign(text);
  EXPECT_TRUE(definition) << definition.error().detail;
  return *definition;
}

}  // namespace

// The units were submitted last year; this year's table takes them over. Person p-COL.filler is
// staff member 7.
class CarryingForward : public DeciderSpec {
 protected:
  void SetUp() override {
    const CampaignId last("2019");
    const auto before = parsed(replaced(sample_definition(), R"("id":"2020")", R"("id":"2019")"));
    accept("admin", DefineCampaign{before, {}, 0}, "09-01 09:00");
    for (const Account& account : before->accounts) {
      accept("admin", SetCredential{account.id, {"verifier", key_of(account.id.value), "sealed"}},
             "09-01 10:00");
    }
    accept("centre", AssignTasks{last, {}}, "09-02 09:00");
    accept("centre", OpenPhase{last, PhaseId("base")}, "09-03 09:00");
    ChangeRows rows;
    rows.campaign = last;
    rows.table = TableKey("units");
    rows.definition_revision = 1;
    rows.chunks = {{2, 0, 0}};
    rows.whole_rows = true;
    accept("PO.filler", rows, "09-04 09:00");
    accept(
        "PO.filler",
        SubmitTable{
            last, TableKey("units"), submitted_, state_.size, {"note", key_of("PO.filler"), true}},
        "09-04 10:00");

    std::string text = sample_definition();
    text = replaced(text, R"("id":"p-COL.filler",)", R"("id":"p-COL.filler","staff_no":"7",)");
    text = replaced(text, R"("key_columns":["staff_no"])",
                    R"("subject_column":"staff_no","key_columns":["staff_no"])");
    text.pop_back();
    text += R"(,"previous":{"campaign":"2019","tables":[{"table":"units"}]}})";
    accept("admin", DefineCampaign{parsed(text), {}, 0}, "09-21 09:00");
    accept("centre", AssignTasks{kCampaign, {}}, "09-25 09:00");
    accept("centre", OpenPhase{kCampaign, PhaseId("base")}, "09-30 08:00");
  }

  static std::string key_of(const std::string& account) {
    std::string key = account + "-key";
    key.resize(32, '.');
    return key;
  }
  ChangeRows carry(const std::string& table = "units") const {
    ChangeRows command = std::get<ChangeRows>(change(table, {2, 0, 0}));
    command.carried = CarrySource{CampaignId("2019"), TableKey(table), submitted_, {}, {}, 0};
    return command;
  }
  static ConfirmRows confirmation() {
    return {kCampaign, TableKey("units"), {RowKey("1"), RowKey("2")}, true};
  }
  static RequestCorrection request() {
    return {kCampaign, TableKey("staff"), RowKey("7"), "title", "I am a professor by now"};
  }

  const VersionRef submitted_{1, Hash{5}, 2};
};

TEST_F(CarryingForward, RowsComeFromWhatWasSubmittedAndNobodyHasEditedThem) {
  accept("PO.filler", carry(), "10-01 09:00");
  EXPECT_TRUE(task("units").carried);
  EXPECT_FALSE(task("units").last_editor);
  EXPECT_EQ(task("units").rows, 2U);
}

TEST_F(CarryingForward, WhatWasNeverSubmittedIsNotCarried) {
  EXPECT_EQ(refuse("PO.reviewer", carry(), "10-01 09:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("PO.filler", carry("profile"), "10-01 09:00").code,
            RefusalCode::nothing_to_carry)
      << "the definition maps no such table";
  auto wrong = carry();
  wrong.carried->campaign = CampaignId("2018");
  EXPECT_EQ(refuse("PO.filler", wrong, "10-01 09:00").code, RefusalCode::nothing_to_carry);
  wrong = carry();
  wrong.carried->version.hash = Hash{6};
  EXPECT_EQ(refuse("PO.filler", wrong, "10-01 09:00").code, RefusalCode::version_moved_on);
}

TEST_F(CarryingForward, ATableThatHasRowsTakesNone) {
  accept("PO.filler", carry(), "10-01 09:00");
  EXPECT_EQ(refuse("PO.filler", carry(), "10-01 10:00").code, RefusalCode::already_carried);
}

TEST_F(CarryingForward, CarriedRowsAreConfirmedByTheFiller) {
  EXPECT_EQ(refuse("PO.filler", confirmation(), "10-01 09:00").code,
            RefusalCode::nothing_to_confirm);
  accept("PO.filler", carry(), "10-01 09:00");
  EXPECT_EQ(refuse("PO.reviewer", confirmation(), "10-01 10:00").code, RefusalCode::right_missing);
  auto none = confirmation();
  none.rows.clear();
  EXPECT_EQ(refuse("PO.filler", none, "10-01 10:00").code, RefusalCode::nothing_to_confirm);
  const auto events = accept("PO.filler", confirmation(), "10-01 10:00");
  EXPECT_EQ(std::get<RowsConfirmed>(events.front()).count, 2U);
  EXPECT_TRUE(std::get<RowsConfirmed>(events.front()).bulk);
  accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 18:00");
  EXPECT_EQ(refuse("PO.filler", confirmation(), "10-20 19:00").code, RefusalCode::window_closed);
}

TEST_F(CarryingForward, APersonAsksToHaveTheOwnRowCorrectedAndTheOwnerAnswers) {
  EXPECT_EQ(refuse("AA.filler", request(), "10-05 09:00").code, RefusalCode::right_missing)
      << "nobody's row that we know of";
  auto wrong = request();
  wrong.table = TableKey("units");
  EXPECT_EQ(refuse("COL.filler", wrong, "10-05 09:00").code, RefusalCode::right_missing)
      << "no table about persons";
  wrong = request();
  wrong.column = "none";
  EXPECT_EQ(refuse("COL.filler", wrong, "10-05 09:00").code, RefusalCode::unknown_subject);
  wrong = request();
  wrong.text.clear();
  EXPECT_EQ(refuse("COL.filler", wrong, "10-05 09:00").code, RefusalCode::reason_missing);
  accept("COL.filler", request(), "10-05 09:00");
  const LeafIndex asked = state_.size - 1;

  const AnswerCorrection answer{kCampaign, TableKey("staff"), asked, false, "no document", {}};
  EXPECT_EQ(refuse("PO.filler", answer, "10-06 09:00").code, RefusalCode::right_missing);
  auto other = answer;
  other.request = asked + 1;
  EXPECT_EQ(refuse("HR.filler", other, "10-06 09:00").code, RefusalCode::unknown_subject);
  other = answer;
  other.reason.clear();
  EXPECT_EQ(refuse("HR.filler", other, "10-06 09:00").code, RefusalCode::reason_missing);
  other.granted = true;
  other.change = asked + 9;
  EXPECT_EQ(refuse("HR.filler", other, "10-06 09:00").code, RefusalCode::unknown_subject);
  accept("HR.filler", answer, "10-06 09:00");
  EXPECT_TRUE(task("staff").open_corrections.empty());
  EXPECT_EQ(refuse("HR.filler", answer, "10-06 10:00").code, RefusalCode::unknown_subject)
      << "answered";
}

}  // namespace countersign::ledger
