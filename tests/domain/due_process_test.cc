// Objection, decision, appeal, and bulletins that name units: each step once, and each guard that
// refuses it.
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class FactsAndBulletins : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }

  static ObjectToFact objection(const std::string& fact = "F1-9") {
    return {kCampaign, fact, DepartmentId("PO"), "upstream was late", {{Hash{7}, "letter"}}};
  }
  static DecideFact decision(Verdict verdict, const std::string& fact = "F1-9") {
    return {kCampaign, fact, DepartmentId("PO"), verdict, {}, "heard both"};
  }
  static DraftBulletin draft(const std::string& text = "late: PO") {
    return {kCampaign, {DepartmentId("PO")}, {"F1-9"}, text};
  }
  LeafIndex drafted(const std::string& when = "11-09 10:00") {
    accept("centre", draft(), when);
    return state_.size - 1;
  }
  CorrectBulletin correction(LeafIndex bulletin) const {
    return {kCampaign, bulletin, {}, {}, "nobody was late", "the fact was voided"};
  }
  static PublishBulletin publication(LeafIndex bulletin) {
    return {kCampaign, bulletin, {"all departments"}};
  }
  const CampaignState& campaign() const { return state_.campaigns.at(kCampaign); }
};

TEST_F(FactsAndBulletins, TheHeadOfTheUnitObjectsAndAnotherPersonDecides) {
  for (const char* other : {"HR.head", "PO.filler", "centre", "appraisal"}) {
    EXPECT_EQ(refuse(other, objection(), "11-10 09:00").code, RefusalCode::right_missing) << other;
  }
  auto silent = objection();
  silent.ground.clear();
  EXPECT_EQ(refuse("PO.head", silent, "11-10 09:00").code, RefusalCode::reason_missing);
  const auto events = accept("PO.head", objection(), "11-10 09:00");
  EXPECT_EQ(std::get<FactObjected>(events.front()).stage, 1U);
  EXPECT_EQ(refuse("PO.head", objection(), "11-10 10:00").code, RefusalCode::already_exists);

  for (const char* other : {"PO.head", "centre", "admin"}) {
    EXPECT_EQ(refuse(other, decision(Verdict::upheld), "11-11 09:00").code,
              RefusalCode::right_missing)
        << other;
  }
  EXPECT_EQ(refuse("insider", decision(Verdict::voided), "11-11 09:00").code,
            RefusalCode::party_to_the_case);
  auto reasonless = decision(Verdict::upheld);
  reasonless.reason.clear();
  EXPECT_EQ(refuse("appraisal", reasonless, "11-11 09:00").code, RefusalCode::reason_missing);
  accept("appraisal", decision(Verdict::upheld), "11-11 09:00");
  EXPECT_EQ(campaign().facts.at("F1-9").verdict, Verdict::upheld);
  EXPECT_EQ(refuse("appraisal", decision(Verdict::voided), "11-11 10:00").code,
            RefusalCode::already_exists)
      << "without an appeal a decision stands";
}

TEST_F(FactsAndBulletins, WhoeverObjectedDoesNotDecideEvenWithTheHatToDoIt) {
  accept("PO.head",
         GrantDelegation{kCampaign,
                         {Role::unit_head, DepartmentId("PO")},
                         PersonId("p-PO.head"),
                         PersonId("p-appraisal"),
                         at("11-30 00:00"),
                         "leave"},
         "11-09 09:00");
  accept("appraisal", objection(), "11-10 09:00", Hat{Role::unit_head, DepartmentId("PO")});
  EXPECT_EQ(refuse("appraisal", decision(Verdict::voided), "11-11 09:00",
                   Hat{Role::accountability_reviewer, {}})
                .code,
            RefusalCode::party_to_the_case);
}

TEST_F(FactsAndBulletins, WhoMayWearAHatOfTheUnitDoesNotDecideOnIt) {
  accept("PO.head", objection(), "11-10 09:00");
  accept("PO.head",
         GrantDelegation{kCampaign,
                         {Role::unit_head, DepartmentId("PO")},
                         PersonId("p-PO.head"),
                         PersonId("p-appraisal"),
                         at("11-12 00:00"),
                         "leave"},
         "11-10 10:00");
  const Hat reviewer{Role::accountability_reviewer, {}};
  EXPECT_EQ(refuse("appraisal", decision(Verdict::voided), "11-11 09:00", reviewer).code,
            RefusalCode::party_to_the_case);
  accept("appraisal", decision(Verdict::voided), "11-12 09:00", reviewer);
}

TEST_F(FactsAndBulletins, ACorrectionSaysWhatRemains) {
  auto corrected = decision(Verdict::corrected);
  EXPECT_EQ(refuse("appraisal", corrected, "11-11 09:00").code, RefusalCode::correction_missing);
  corrected.net = Duration::seconds(-1);
  EXPECT_EQ(refuse("appraisal", corrected, "11-11 09:00").code, RefusalCode::correction_missing);
  corrected.net = Duration::seconds(60);
  accept("appraisal", corrected, "11-11 09:00");
}

TEST_F(FactsAndBulletins, AnAppealIsOpenForThirtyDaysAfterTheDecision) {
  accept("PO.head", objection(), "10-20 09:00");
  accept("appraisal", decision(Verdict::upheld), "10-21 09:00");
  const Refusal late = refuse("PO.head", objection(), "11-20 10:00");
  EXPECT_EQ(late.code, RefusalCode::objection_too_late);
  EXPECT_EQ(late.facts.at("until"), "2020-11-20T01:00:00.000000Z");
  const auto events = accept("PO.head", objection(), "11-20 09:00");
  EXPECT_EQ(std::get<FactObjected>(events.front()).stage, 2U);
  accept("appraisal", decision(Verdict::voided), "11-21 09:00");
  EXPECT_EQ(campaign().facts.at("F1-9").verdict, Verdict::voided);
  accept("PO.head", objection(), "11-22 09:00");
  accept("appraisal", decision(Verdict::upheld), "11-23 09:00");
  EXPECT_EQ(campaign().facts.at("F1-9").verdict, Verdict::voided) << "an appeal takes nothing back";
}

TEST_F(FactsAndBulletins, WhatWasTakenBackNoAppealBringsBack) {
  accept("appraisal", decision(Verdict::voided), "10-21 09:00");
  accept("PO.head", objection(), "10-22 09:00");
  auto corrected = decision(Verdict::corrected);
  corrected.net = Duration::seconds(60);
  accept("appraisal", corrected, "10-23 09:00");
  EXPECT_EQ(campaign().facts.at("F1-9").verdict, Verdict::voided);
}

TEST_F(FactsAndBulletins, ABulletinNamesUnitsAndCitesFactsAndNoPerson) {
  EXPECT_EQ(refuse("PO.head", draft(), "11-09 10:00").code, RefusalCode::right_missing);
  auto bulletin = draft();
  bulletin.facts.clear();
  EXPECT_EQ(refuse("centre", bulletin, "11-09 10:00").code, RefusalCode::bulletin_cites_nothing);
  bulletin = draft();
  bulletin.departments = {DepartmentId("nowhere")};
  EXPECT_EQ(refuse("centre", bulletin, "11-09 10:00").code, RefusalCode::unknown_subject);
  EXPECT_EQ(refuse("centre", draft(""), "11-09 10:00").code, RefusalCode::reason_missing);
  EXPECT_EQ(refuse("centre", draft("late: 某PO.head"), "11-09 10:00").code,
            RefusalCode::bulletin_names_person);
}

TEST_F(FactsAndBulletins, NothingIsPublishedBeforeTheTimeToObjectIsOver) {
  const LeafIndex bulletin = drafted();  // a Monday: five working days end with the next Monday
  EXPECT_EQ(campaign().bulletins.at(bulletin).objections_until, at("11-17 00:00"));
  EXPECT_EQ(refuse("appraisal", publication(bulletin), "11-16 23:59").code,
            RefusalCode::period_running);
  EXPECT_EQ(refuse("centre", publication(bulletin), "11-17 09:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("appraisal", publication(bulletin + 1), "11-17 09:00").code,
            RefusalCode::unknown_subject);
  auto nobody = publication(bulletin);
  nobody.to.clear();
  EXPECT_EQ(refuse("appraisal", nobody, "11-17 09:00").code, RefusalCode::unknown_subject);
  accept("appraisal", publication(bulletin), "11-17 09:00");
  EXPECT_EQ(refuse("appraisal", publication(bulletin), "11-17 10:00").code,
            RefusalCode::already_exists);
}

TEST_F(FactsAndBulletins, ADecidedFactNeedsNoMoreWaiting) {
  const LeafIndex bulletin = drafted();
  accept("PO.head", objection(), "11-10 09:00");
  EXPECT_EQ(refuse("appraisal", publication(bulletin), "11-20 09:00").code,
            RefusalCode::objection_open);
  accept("appraisal", decision(Verdict::upheld), "11-11 09:00");
  accept("appraisal", publication(bulletin), "11-11 10:00");
}

TEST_F(FactsAndBulletins, AnAppealSuspendsNothing) {
  const LeafIndex bulletin = drafted();
  accept("appraisal", decision(Verdict::upheld), "11-10 09:00");
  accept("PO.head", objection(), "11-10 10:00");
  accept("appraisal", publication(bulletin), "11-20 09:00");
}

TEST_F(FactsAndBulletins, AVoidedFactTakesTheBulletinBackAndTheCorrectionReachesEverybody) {
  const LeafIndex bulletin = drafted();
  accept("appraisal", publication(bulletin), "11-17 09:00");
  accept("PO.head", objection(), "11-18 09:00");
  accept("appraisal", decision(Verdict::voided), "11-18 10:00");
  EXPECT_EQ(refuse("PO.head", correction(bulletin), "11-18 11:00").code,
            RefusalCode::right_missing);
  auto wrong = correction(bulletin);
  wrong.reason.clear();
  EXPECT_EQ(refuse("centre", wrong, "11-18 11:00").code, RefusalCode::reason_missing);
  wrong = correction(bulletin);
  wrong.departments = {DepartmentId("PO")};
  EXPECT_EQ(refuse("centre", wrong, "11-18 11:00").code, RefusalCode::bulletin_cites_nothing);
  EXPECT_EQ(refuse("centre", correction(bulletin + 1), "11-18 11:00").code,
            RefusalCode::unknown_subject);

  wrong = correction(bulletin);
  wrong.departments = {DepartmentId("PO")};
  wrong.facts = {"F1-9"};
  accept("centre", wrong, "11-18 11:00");
  const Refusal refusal = refuse("appraisal", publication(bulletin), "11-30 09:00");
  EXPECT_EQ(refusal.code, RefusalCode::fact_not_standing);
  EXPECT_EQ(refusal.facts.at("fact"), "F1-9");

  accept("centre", correction(bulletin), "11-18 12:00");
  auto again = publication(bulletin);
  again.to.clear();
  const auto events = accept("appraisal", again, "11-18 13:00");
  EXPECT_TRUE(std::get<BulletinPublished>(events.front()).to.empty());
  EXPECT_EQ(std::get<BulletinPublished>(events.front()).text, state_.size - 2);
  EXPECT_TRUE(campaign().bulletins.at(bulletin).reached);
}

TEST_F(FactsAndBulletins, EveryActComesBackFromWhatIsStored) {
  const auto objected =
      std::get<FactObjected>(accept_stored("PO.head", objection(), "11-09 09:00"));
  EXPECT_EQ(objected.ground, "upstream was late");
  EXPECT_EQ(objected.evidence.at(0).title, "letter");
  auto corrected = decision(Verdict::corrected);
  corrected.net = Duration::hours(2);
  const auto decided = std::get<FactDecided>(accept_stored("appraisal", corrected, "11-09 10:00"));
  EXPECT_EQ(decided.net, Duration::hours(2));
  EXPECT_EQ(decided.reason, "heard both");
  const auto text = std::get<BulletinDrafted>(accept_stored("centre", draft(), "11-09 11:00"));
  EXPECT_EQ(text.text, "late: PO");
  const LeafIndex bulletin = state_.size - 1;
  const auto other =
      std::get<BulletinCorrected>(accept_stored("centre", correction(bulletin), "11-09 12:00"));
  EXPECT_EQ(other.text, "nobody was late");
  EXPECT_EQ(other.reason, "the fact was voided");
  const auto published =
      std::get<BulletinPublished>(accept_stored("appraisal", publication(bulletin), "11-09 13:00"));
  EXPECT_EQ(published.to, std::vector<std::string>{"all departments"});
}

TEST(WorkingDays, FollowTheCalendarAndNotTheWeekAlone) {
  Calendar calendar;
  calendar.holidays = {"2020-10-01", "2020-10-02", "2020-10-05",
                       "2020-10-06", "2020-10-07", "2020-10-08"};
  calendar.working_days = {"2020-09-27", "2020-10-10"};
  // 30 September; then the holidays; 9 and Saturday 10 October work.
  EXPECT_EQ(after_working_days(calendar, at("09-29 23:59"), 1), at("10-01 00:00"));
  EXPECT_EQ(after_working_days(calendar, at("09-30 00:00"), 1), at("10-10 00:00"));
  EXPECT_EQ(after_working_days(calendar, at("09-30 18:00"), 3), at("10-13 00:00"));
}

}  // namespace countersign::ledger
