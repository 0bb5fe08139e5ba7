// Chases and their answers, what departments were given, outages: each act once, and each guard
// that refuses it.
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class Reminders : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }

  static ChaseUnit chase() {
    return {kCampaign, DepartmentId("PO"), {TableKey("units")}, "units are due today"};
  }
  LeafIndex chased() {
    accept("centre", chase(), "10-14 09:00");
    return state_.size - 1;
  }
  static AnswerChase answer(LeafIndex entry) {
    return {kCampaign, entry, at("10-15 12:00"), "the registrar is ill"};
  }
  static RecordReadiness training() {
    return {kCampaign, {DepartmentId("PO"), DepartmentId("HR")}, ReadinessKind::training, "hall 2"};
  }
  static RecordOutage outage() {
    return {kCampaign, at("10-12 08:00"), at("10-12 17:00"), {TableKey("units")}, "disk"};
  }
};

TEST_F(Reminders, TheCentreChasesAUnitForTablesThatItSupplies) {
  for (const char* other : {"PO.head", "admin", "group"}) {
    EXPECT_EQ(refuse(other, chase(), "10-14 09:00").code, RefusalCode::right_missing) << other;
  }
  auto wrong = chase();
  wrong.department = DepartmentId("nowhere");
  EXPECT_EQ(refuse("centre", wrong, "10-14 09:00").code, RefusalCode::unknown_subject);
  wrong = chase();
  wrong.text.clear();
  EXPECT_EQ(refuse("centre", wrong, "10-14 09:00").code, RefusalCode::reason_missing);
  wrong = chase();
  wrong.tables.clear();
  EXPECT_EQ(refuse("centre", wrong, "10-14 09:00").code, RefusalCode::unknown_table);
  wrong = chase();
  wrong.tables = {TableKey("staff")};
  EXPECT_EQ(refuse("centre", wrong, "10-14 09:00").code, RefusalCode::unknown_table);
  wrong = chase();
  wrong.campaign = CampaignId("2019");
  EXPECT_EQ(refuse("centre", wrong, "10-14 09:00").code, RefusalCode::unknown_campaign);

  const auto event = std::get<UnitChased>(accept_stored("centre", chase(), "10-14 09:00"));
  EXPECT_EQ(event.department.value, "PO");
  EXPECT_EQ(event.tables, (std::vector<TableKey>{TableKey("units")}));
  // A part is owed too, and a second reminder is another one.
  auto assisting = chase();
  assisting.department = DepartmentId("AA");
  assisting.tables = {TableKey("staff")};
  accept("centre", assisting, "10-14 10:00");
  accept("centre", chase(), "10-14 11:00");
}

TEST_F(Reminders, NobodyIsChasedForWhatIsDone) {
  pass("PO", "units");
  accept("PO.head", approve("PO.head", "units", "head"), "10-09 12:00");
  accept("centre", chase(), "10-09 13:00");
  accept("centre", approve("centre", "units", "office"), "10-10 09:00");
  EXPECT_EQ(refuse("centre", chase(), "10-14 09:00").code, RefusalCode::wrong_state);
}

TEST_F(Reminders, TheUnitAnswersAsOftenAsItHasSomethingToSay) {
  const LeafIndex entry = chased();
  for (const char* other : {"centre", "HR.filler", "admin"}) {
    EXPECT_EQ(refuse(other, answer(entry), "10-14 10:00").code, RefusalCode::right_missing)
        << other;
  }
  EXPECT_EQ(refuse("PO.head", answer(entry - 1), "10-14 10:00").code,
            RefusalCode::unknown_subject);
  auto wrong = answer(entry);
  wrong.text.clear();
  EXPECT_EQ(refuse("PO.head", wrong, "10-14 10:00").code, RefusalCode::reason_missing);
  EXPECT_EQ(refuse("PO.head", answer(entry), "10-15 12:00").code, RefusalCode::due_in_past);

  const auto event = std::get<ChaseAnswered>(accept_stored("PO.filler", answer(entry),
                                                           "10-14 10:00"));
  EXPECT_EQ(event.chase, entry);
  EXPECT_EQ(event.department.value, "PO");
  EXPECT_EQ(event.promised, at("10-15 12:00"));
  auto later = answer(entry);
  later.promised.reset();
  accept("PO.reviewer", later, "10-15 13:00");
  EXPECT_TRUE(state_.campaigns.at(kCampaign).chases.at(entry).answered);
}

TEST_F(Reminders, TheCentreRecordsWhatDepartmentsWereGiven) {
  for (const char* other : {"PO.head", "admin", "group"}) {
    EXPECT_EQ(refuse(other, training(), "10-08 09:00").code, RefusalCode::right_missing) << other;
  }
  auto wrong = training();
  wrong.departments.clear();
  EXPECT_EQ(refuse("centre", wrong, "10-08 09:00").code, RefusalCode::unknown_subject);
  wrong = training();
  wrong.departments.emplace_back("nowhere");
  EXPECT_EQ(refuse("centre", wrong, "10-08 09:00").code, RefusalCode::unknown_subject);
  const auto event = std::get<DepartmentsReady>(accept_stored("centre", training(), "10-08 09:00"));
  EXPECT_EQ(event.departments.size(), 2U);
  EXPECT_EQ(event.what, ReadinessKind::training);
}

TEST_F(Reminders, AnOutageIsLoggedOnceItIsOver) {
  for (const char* other : {"PO.head", "group"}) {
    EXPECT_EQ(refuse(other, outage(), "10-13 09:00").code, RefusalCode::right_missing) << other;
  }
  auto wrong = outage();
  wrong.text.clear();
  EXPECT_EQ(refuse("centre", wrong, "10-13 09:00").code, RefusalCode::reason_missing);
  EXPECT_EQ(refuse("centre", outage(), "10-12 16:59").code, RefusalCode::outage_not_over);
  wrong = outage();
  wrong.to = wrong.from;
  EXPECT_EQ(refuse("centre", wrong, "10-13 09:00").code, RefusalCode::outage_not_over);
  wrong = outage();
  wrong.tables = {TableKey("none")};
  EXPECT_EQ(refuse("centre", wrong, "10-13 09:00").code, RefusalCode::unknown_table);
  const auto event = std::get<OutageRecorded>(accept_stored("admin", outage(), "10-12 17:00"));
  EXPECT_EQ(event.from, at("10-12 08:00"));
  EXPECT_EQ(event.to, at("10-12 17:00"));
  accept("centre", outage(), "10-13 09:00");
}

}  // namespace countersign::ledger
