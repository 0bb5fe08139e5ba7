// Carrying last year's rows forward, confirming them, what the persons behind rows ask for, and
// what assisting departments may be asked.
#include "ledger/domain/campaign_codec.h"
#include "ledger/domain/event_codec.h"
#include "tests/domain/decider_spec.h"

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

class CarryForward : public DeciderSpec {
 protected:
  void SetUp() override {
    open_campaign();
    // The edition before: the same tables, of which units was submitted.
    json before = json::parse(sample_definition());
    before["id"] = before["edition"] = "2019";
    define(before, 0);
    accept("centre", AssignTasks{kBefore, {}}, "09-25 09:00");
    accept("centre", OpenPhase{kBefore, PhaseId("base")}, "09-30 08:00");
    // This edition names it, and knows whose rows are whose.
    json now = json::parse(sample_definition());
    now["previous"] = {{"campaign", "2019"},
                       {"tables", {{{"table", "units"}}, {{"table", "staff"}}}}};
    for (auto& table : now["tables"]) {
      if (table["key"] == "staff") table["subject_column"] = "staff_no";
    }
    for (auto& person : now["persons"]) {
      if (person["id"] == "p-COL.head") person["staff_no"] = "100001";
    }
    define(now, 1);
  }

  void define(const json& definition, std::uint32_t base) {
    const auto parsed = parse_campaign(definition.dump());
    ASSERT_TRUE(parsed) << parsed.error().detail;
    accept("admin", DefineCampaign{*parsed, {}, base}, "09-30 09:00");
  }
  void submit_before() {
    auto filled = std::get<ChangeRows>(change("units", {3, 0, 0}));
    filled.campaign = kBefore;
    filled.definition_revision = 1;
    accept("PO.filler", filled, "09-30 10:00");
    auto submitted = std::get<SubmitTable>(submit("PO.filler", "units"));
    submitted.campaign = kBefore;
    submitted.version = submitted_version();
    submitted.computed_at = state_.size;
    accept("PO.filler", submitted, "09-30 11:00");
  }
  static VersionRef submitted_version() { return {1, Hash{9}, 3}; }

  ChangeRows carry(const std::string& table = "units") const {
    auto command = std::get<ChangeRows>(change(table, {2, 0, 0}));
    command.chunks.push_back({1, 0, 0});
    command.carried =
        CarrySource{kBefore, TableKey(table), submitted_version(), {"motto"}, {{"unit_no", 2}}, 1};
    return command;
  }
  static ConfirmRows confirm(std::size_t rows = 2) {
    ConfirmRows command{kCampaign, TableKey("units"), {}, true};
    for (std::size_t i = 0; i < rows; ++i) command.rows.emplace_back(std::to_string(i));
    return command;
  }
  static RequestCorrection wrong(const std::string& table = "staff",
                                 const std::string& column = "title") {
    return {kCampaign, TableKey(table), RowKey("100001"), column, "教授，非副教授"};
  }
  AnswerCorrection granted(LeafIndex request) const {
    return {kCampaign, TableKey("staff"), request, true, "", {}};
  }

  const CampaignId kBefore{"2019"};
};

TEST_F(CarryForward, BringsRowsThatNobodyEdited) {
  submit_before();
  const auto events = accept("PO.filler", carry(), "10-01 09:00");
  ASSERT_EQ(events.size(), 2U);
  for (const Event& one : events) {
    EXPECT_EQ(std::get<RowsChanged>(one).carried->version.number, 1U);
  }
  EXPECT_TRUE(task("units").carried);
  EXPECT_EQ(task("units").rows, 3U);
  EXPECT_FALSE(task("units").last_editor);
  // Whoever changes one is the last editor of all, as ever.
  accept("PO.filler", change("units", {0, 1, 0}), "10-01 10:00");
  EXPECT_EQ(task("units").last_editor, PersonId("p-PO.filler"));
}

TEST_F(CarryForward, SaysInItsHeaderWhatItCameFrom) {
  submit_before();
  accept("centre", carry(), "10-01 09:00");
  const auto decoded =
      decode_header(encode_header(recorded().front(), "spec.example/log", {1, {}}));
  ASSERT_TRUE(decoded) << decoded.error().detail;
  const auto& carried = std::get<RowsChanged>(decoded->event.event).carried;
  ASSERT_TRUE(carried);
  EXPECT_EQ(carried->campaign, kBefore);
  EXPECT_EQ(carried->version.hash, Hash{9});
  EXPECT_EQ(carried->new_items, std::vector<std::string>{"motto"});
  EXPECT_EQ(carried->unfit.at("unit_no"), 2U);
  EXPECT_EQ(carried->left_out, 1U);
}

TEST_F(CarryForward, IsForTheOwnersFillerAndTheOfficeWhileTheTableMayChange) {
  submit_before();
  for (const char* other : {"PO.reviewer", "PO.head", "HR.filler", "group", "admin"}) {
    EXPECT_EQ(refuse(other, carry(), "10-01 09:00").code, RefusalCode::right_missing) << other;
  }
  EXPECT_EQ(refuse("HR.filler", carry("staff"), "10-01 09:00").code, RefusalCode::task_blocked);
  accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-01 10:00");
  EXPECT_EQ(refuse("PO.filler", carry(), "10-01 11:00").code, RefusalCode::window_closed);
}

TEST_F(CarryForward, NeedsWhatWasSubmittedBefore) {
  EXPECT_EQ(refuse("PO.filler", carry(), "09-30 09:30").code, RefusalCode::nothing_to_carry);
  submit_before();
  // No such table there, nothing to bring, or another one's rows.
  EXPECT_EQ(refuse("PO.filler", carry("profile"), "10-01 09:00").code,
            RefusalCode::nothing_to_carry);
  auto command = carry();
  command.chunks.clear();
  EXPECT_EQ(refuse("PO.filler", command, "10-01 09:00").code, RefusalCode::nothing_to_carry);
  command = carry();
  command.carried->table = TableKey("staff");
  EXPECT_EQ(refuse("PO.filler", command, "10-01 09:00").code, RefusalCode::nothing_to_carry);
  command = carry();
  command.carried->version.hash = Hash{8};
  EXPECT_EQ(refuse("PO.filler", command, "10-01 09:00").code, RefusalCode::version_moved_on);
}

TEST_F(CarryForward, HappensOnceAndNotIntoRowsThatAreThere) {
  submit_before();
  accept("PO.filler", change("units"), "10-01 08:00");
  EXPECT_EQ(refuse("PO.filler", carry(), "10-01 09:00").code, RefusalCode::already_carried);
  auto removed = std::get<ChangeRows>(change("units", {0, 0, 1}));
  removed.reason = "重复";
  accept("PO.filler", removed, "10-01 10:00");
  accept("PO.filler", carry(), "10-01 11:00");
  EXPECT_EQ(refuse("PO.filler", carry(), "10-01 12:00").code, RefusalCode::already_carried);
}

TEST_F(CarryForward, RowsAreConfirmedByTheOwnersFillerManyInEntriesOfAThousand) {
  submit_before();
  EXPECT_EQ(refuse("PO.filler", confirm(), "10-01 08:00").code, RefusalCode::nothing_to_confirm);
  accept("PO.filler", carry(), "10-01 09:00");
  EXPECT_EQ(refuse("PO.filler", confirm(0), "10-01 10:00").code, RefusalCode::nothing_to_confirm);
  for (const char* other : {"PO.reviewer", "HR.filler", "centre"}) {
    EXPECT_EQ(refuse(other, confirm(), "10-01 10:00").code, RefusalCode::right_missing) << other;
  }
  const auto one = std::get<RowsConfirmed>(accept_stored("PO.filler", confirm(), "10-01 10:00"));
  EXPECT_TRUE(one.bulk);
  EXPECT_EQ(one.rows, (std::vector<RowKey>{RowKey("0"), RowKey("1")}));
  const auto many = accept("PO.filler", confirm(2500), "10-01 11:00");
  ASSERT_EQ(many.size(), 3U);
  EXPECT_EQ(std::get<RowsConfirmed>(many[2]).count, 500U);
  EXPECT_EQ(payload_items(confirm(2500)).at(2).size(), 500U);
  accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-02 10:00");
  EXPECT_EQ(refuse("PO.filler", confirm(), "10-02 11:00").code, RefusalCode::window_closed);
}

TEST_F(CarryForward, WhoHasANumberAsksForCorrectionsOfTablesAboutPersons) {
  const auto asked =
      std::get<CorrectionRequested>(accept_stored("COL.head", wrong(), "10-01 09:00"));
  EXPECT_EQ(asked.row, RowKey("100001"));
  EXPECT_EQ(asked.text, "教授，非副教授");
  EXPECT_EQ(task("staff").open_corrections.size(), 1U);
  EXPECT_EQ(refuse("HR.filler", wrong(), "10-01 09:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("COL.head", wrong("units", "unit_no"), "10-01 09:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("COL.head", wrong("staff", "none"), "10-01 09:00").code,
            RefusalCode::unknown_subject);
  auto silent = wrong();
  silent.text.clear();
  EXPECT_EQ(refuse("COL.head", silent, "10-01 09:00").code, RefusalCode::reason_missing);
}

TEST_F(CarryForward, TheOwnerAnswersACorrectionOnce) {
  accept("COL.head", wrong(), "10-01 09:00");
  const LeafIndex request = recorded().front().index;
  for (const char* other : {"COL.head", "PO.filler", "centre"}) {
    EXPECT_EQ(refuse(other, granted(request), "10-01 10:00").code, RefusalCode::right_missing);
  }
  EXPECT_EQ(refuse("HR.head", granted(request + 1), "10-01 10:00").code,
            RefusalCode::unknown_subject);
  auto answer = granted(request);
  answer.granted = false;
  EXPECT_EQ(refuse("HR.head", answer, "10-01 10:00").code, RefusalCode::reason_missing);
  // The change that is named came after the request.
  answer = granted(request);
  answer.change = request;
  EXPECT_EQ(refuse("HR.head", answer, "10-01 10:00").code, RefusalCode::unknown_subject);
  answer.change = state_.size;
  EXPECT_EQ(refuse("HR.head", answer, "10-01 10:00").code, RefusalCode::unknown_subject);
  pass("PO", "units");
  accept("HR.filler", change("staff"), "10-09 12:00");
  answer.change = recorded().front().index;
  const auto told = std::get<CorrectionAnswered>(accept_stored("HR.head", answer, "10-09 13:00"));
  EXPECT_TRUE(told.granted);
  EXPECT_EQ(told.change, answer.change);
  EXPECT_TRUE(task("staff").open_corrections.empty());
  EXPECT_EQ(refuse("HR.head", granted(request), "10-09 14:00").code, RefusalCode::unknown_subject);
}

TEST_F(CarryForward, OnlyWhoHasANumberReadsWhatIsSaidOfOneself) {
  const ReadTable own{kCampaign, {}, std::string(ReadTable::kOwn), 12, 3, {}};
  const auto read = std::get<TableRead>(accept_stored("COL.head", own, "10-01 09:00"));
  EXPECT_TRUE(read.table.empty());
  EXPECT_EQ(read.rows, 3U);
  EXPECT_EQ(refuse("HR.head", own, "10-01 09:00").code, RefusalCode::right_missing);
}

TEST_F(CarryForward, ARequestForHelpNamesColumnsOfItsPart) {
  RequestAssist ask{kCampaign,          TableKey("staff"), "titles",
                    DepartmentId("AA"), at("10-12 09:00"), "请核对"};
  ask.new_items = {"title"};
  const auto asked = std::get<AssistRequested>(accept_stored("HR.filler", ask, "10-01 09:00"));
  EXPECT_EQ(asked.new_items, std::vector<std::string>{"title"});
  ask.changed_items = {"unit_no"};
  EXPECT_EQ(refuse("HR.filler", ask, "10-01 09:00").code, RefusalCode::unknown_subject);
  ask.changed_items = {"nothing"};
  EXPECT_EQ(refuse("HR.filler", ask, "10-01 09:00").code, RefusalCode::unknown_subject);
  // Of whole rows every column is supplied.
  ask = {kCampaign, TableKey("staff"), "rows", DepartmentId("COL"), at("10-12 09:00"), "请核对"};
  ask.changed_items = {"unit_no"};
  accept("HR.filler", ask, "10-01 09:00");
}

}  // namespace countersign::ledger
