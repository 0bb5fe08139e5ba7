// Cases for appraisal: opened, sealed, served, received, concluded, corrected: each step once, and
// each guard that refuses it.
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class Cases : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }

  static OpenCase opening() { return {kCampaign, DepartmentId("PO"), {"F1-9", "F4-8"}, "late"}; }
  LeafIndex opened(const std::string& when = "11-02 09:00") {
    accept("appraisal", opening(), when);
    return state_.size - 1;
  }
  static SealPack pack(LeafIndex id, std::uint8_t content = 7) {
    return {kCampaign, id, Hash{content}, 100, 20};
  }
  static ServeCase service(LeafIndex id) { return {kCampaign, id, "the person concerned"}; }
  static AcknowledgeCase receipt(LeafIndex id) { return {kCampaign, id}; }
  static ConcludeCase conclusion(LeafIndex id, CaseOutcome outcome = CaseOutcome::reported) {
    return {kCampaign, id, outcome, {}, "PO was late", {"the appraisal office"}, {"F1-9", "F4-8"}};
  }
  static CorrectCase correction(LeafIndex id) {
    return {kCampaign, id, "PO was returned to, not late", "a fact was voided", {"F4-8"}};
  }
  static ObjectToFact objection(const std::string& fact = "F1-9") {
    return {kCampaign, fact, DepartmentId("PO"), "upstream was late", {}};
  }
  static DecideFact decision(Verdict verdict, const std::string& fact = "F1-9") {
    return {kCampaign, fact, DepartmentId("PO"), verdict, {}, "heard both"};
  }
  // On Monday 2 November: the period to object ends with Monday the 9th.
  LeafIndex served() {
    const LeafIndex id = opened();
    accept("appraisal", pack(id), "11-02 10:00");
    accept("appraisal", service(id), "11-02 11:00");
    return id;
  }
  LeafIndex reported() {
    const LeafIndex id = served();
    accept("appraisal", conclusion(id), "11-10 09:00");
    return id;
  }
  const AppraisalCase& one(LeafIndex id) const {
    return state_.campaigns.at(kCampaign).cases.at(id);
  }
};

TEST_F(Cases, AnAccountabilityReviewerOpensOneOnFactsAboutOneUnit) {
  for (const char* other : {"centre", "admin", "PO.head", "group"}) {
    EXPECT_EQ(refuse(other, opening(), "11-02 09:00").code, RefusalCode::right_missing) << other;
  }
  auto wrong = opening();
  wrong.campaign = CampaignId("1999");
  EXPECT_EQ(refuse("appraisal", wrong, "11-02 09:00").code, RefusalCode::unknown_campaign);
  wrong = opening();
  wrong.department = DepartmentId("nowhere");
  EXPECT_EQ(refuse("appraisal", wrong, "11-02 09:00").code, RefusalCode::unknown_subject);
  wrong = opening();
  wrong.facts.clear();
  EXPECT_EQ(refuse("appraisal", wrong, "11-02 09:00").code, RefusalCode::bulletin_cites_nothing);
  wrong = opening();
  wrong.title.clear();
  EXPECT_EQ(refuse("appraisal", wrong, "11-02 09:00").code, RefusalCode::reason_missing);
  wrong = opening();
  wrong.title = "某PO.head was late";
  EXPECT_EQ(refuse("appraisal", wrong, "11-02 09:00").code, RefusalCode::bulletin_names_person);
  accept("appraisal", decision(Verdict::voided), "11-02 08:00");
  EXPECT_EQ(refuse("appraisal", opening(), "11-02 09:00").code, RefusalCode::fact_not_standing);
  wrong = opening();
  wrong.facts = {"F4-8"};
  accept("appraisal", wrong, "11-02 09:00");
}

TEST_F(Cases, ThePackIsSealedAndServedByTheReviewerAndReceivedByTheHead) {
  const LeafIndex id = opened();
  EXPECT_EQ(refuse("centre", pack(id), "11-02 10:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("appraisal", pack(id + 1), "11-02 10:00").code, RefusalCode::unknown_subject);
  EXPECT_EQ(refuse("appraisal", service(id), "11-02 10:00").code, RefusalCode::pack_missing);
  EXPECT_EQ(refuse("PO.head", receipt(id), "11-02 10:00").code, RefusalCode::not_served);
  accept("appraisal", pack(id), "11-02 10:00");

  EXPECT_EQ(refuse("PO.head", service(id), "11-02 11:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("appraisal", service(id + 9), "11-02 11:00").code, RefusalCode::unknown_subject);
  const auto events = accept("appraisal", service(id), "11-02 11:00");
  const auto& served = std::get<CaseServed>(events.front());
  EXPECT_EQ(served.department, DepartmentId("PO"));
  EXPECT_EQ(served.pack, Hash{7});
  EXPECT_EQ(served.objections_until, at("11-10 00:00")) << "five working days from a Monday";
  EXPECT_EQ(refuse("appraisal", service(id), "11-02 12:00").code, RefusalCode::already_exists);

  for (const char* other : {"HR.head", "PO.filler", "appraisal", "centre"}) {
    EXPECT_EQ(refuse(other, receipt(id), "11-02 12:00").code, RefusalCode::right_missing) << other;
  }
  EXPECT_EQ(refuse("PO.head", receipt(id + 9), "11-02 12:00").code, RefusalCode::unknown_subject);
  accept("PO.head", receipt(id), "11-02 12:00");
  EXPECT_EQ(refuse("PO.head", receipt(id), "11-02 13:00").code, RefusalCode::already_exists);
}

TEST_F(Cases, APackSealedLaterIsServedAnewAndItsPeriodRunsAnew) {
  const LeafIndex id = served();
  accept("PO.head", receipt(id), "11-02 12:00");
  accept("appraisal", pack(id, 8), "11-05 09:00");
  EXPECT_FALSE(one(id).acknowledged);
  EXPECT_EQ(refuse("appraisal", conclusion(id), "11-11 09:00").code, RefusalCode::not_served);
  const auto events = accept("appraisal", service(id), "11-05 10:00");
  EXPECT_EQ(std::get<CaseServed>(events.front()).pack, Hash{8});
  EXPECT_EQ(refuse("appraisal", conclusion(id), "11-11 09:00").code, RefusalCode::period_running);
  accept("PO.head", receipt(id), "11-05 11:00");
  accept("appraisal", conclusion(id), "11-13 09:00");
}

TEST_F(Cases, NothingFollowsBeforeTheUnitWasServedAndHeard) {
  const LeafIndex id = opened();
  EXPECT_EQ(refuse("appraisal", conclusion(id), "11-02 10:00").code, RefusalCode::pack_missing);
  accept("appraisal", pack(id), "11-02 10:00");
  EXPECT_EQ(refuse("appraisal", conclusion(id), "11-02 11:00").code, RefusalCode::not_served);
  accept("appraisal", service(id), "11-02 11:00");
  const Refusal running = refuse("appraisal", conclusion(id), "11-09 23:59");
  EXPECT_EQ(running.code, RefusalCode::period_running);
  EXPECT_EQ(running.facts.at("until"), "2020-11-09T16:00:00.000000Z");
  accept("PO.head", objection(), "11-03 09:00");
  EXPECT_EQ(refuse("appraisal", conclusion(id), "11-12 09:00").code, RefusalCode::objection_open);
  accept("appraisal", decision(Verdict::upheld), "11-04 09:00");
  // The other fact was not decided on: its period runs.
  EXPECT_EQ(refuse("appraisal", conclusion(id), "11-05 09:00").code, RefusalCode::period_running);
  accept("appraisal", decision(Verdict::upheld, "F4-8"), "11-05 09:00");
  accept("appraisal", conclusion(id), "11-05 10:00");
}

TEST_F(Cases, WhoIsAPartyDoesNotConcludeOrCorrect) {
  const LeafIndex id = served();
  EXPECT_EQ(refuse("insider", conclusion(id), "11-10 09:00").code, RefusalCode::party_to_the_case);
  EXPECT_EQ(refuse("insider", conclusion(id, CaseOutcome::closed), "11-10 09:00").code,
            RefusalCode::party_to_the_case);
  for (const char* other : {"centre", "PO.head", "committee"}) {
    EXPECT_EQ(refuse(other, conclusion(id), "11-10 09:00").code, RefusalCode::right_missing);
  }
  accept("appraisal", conclusion(id), "11-10 09:00");
  EXPECT_EQ(refuse("insider", correction(id), "11-11 09:00").code, RefusalCode::party_to_the_case);
}

TEST_F(Cases, AReportSaysSomethingNamesUnitsOnlyAndReachesSomebody) {
  const LeafIndex id = served();
  auto wrong = conclusion(id);
  wrong.text.clear();
  EXPECT_EQ(refuse("appraisal", wrong, "11-10 09:00").code, RefusalCode::reason_missing);
  wrong = conclusion(id);
  wrong.text = "某PO.filler was late";
  EXPECT_EQ(refuse("appraisal", wrong, "11-10 09:00").code, RefusalCode::bulletin_names_person);
  wrong = conclusion(id);
  wrong.to.clear();
  EXPECT_EQ(refuse("appraisal", wrong, "11-10 09:00").code, RefusalCode::unknown_subject);
  EXPECT_EQ(refuse("appraisal", conclusion(id + 9), "11-10 09:00").code,
            RefusalCode::unknown_subject);
  const auto events = accept("appraisal", conclusion(id), "11-10 09:00");
  const auto& concluded = std::get<CaseConcluded>(events.front());
  EXPECT_EQ(concluded.appeal_until, at("12-10 09:00"));
  EXPECT_EQ(concluded.facts, (std::vector<std::string>{"F1-9", "F4-8"}));
  // What is concluded stays as it is.
  EXPECT_EQ(refuse("appraisal", conclusion(id), "11-10 10:00").code, RefusalCode::already_exists);
  EXPECT_EQ(refuse("appraisal", pack(id), "11-10 10:00").code, RefusalCode::already_exists);
  EXPECT_EQ(refuse("appraisal", service(id), "11-10 10:00").code, RefusalCode::already_exists);
}

TEST_F(Cases, AReportRestsOnFactsThatStandAndCount) {
  const LeafIndex id = served();
  accept("appraisal", decision(Verdict::voided), "11-03 09:00");
  auto excused = conclusion(id);
  excused.counting = {"F1-9"};  // voided; the other one is excused in full
  const Refusal refusal = refuse("appraisal", excused, "11-10 09:00");
  EXPECT_EQ(refusal.code, RefusalCode::fact_not_standing);
  EXPECT_EQ(refusal.facts.at("fact"), "F1-9");
  const auto events = accept("appraisal", conclusion(id), "11-10 09:00");
  EXPECT_EQ(std::get<CaseConcluded>(events.front()).facts, std::vector<std::string>{"F4-8"});
}

TEST_F(Cases, ThatNothingFollowsNeedsAReasonAndNoHearing) {
  const LeafIndex id = opened();
  auto closed = conclusion(id, CaseOutcome::closed);
  closed.text.clear();
  EXPECT_EQ(refuse("appraisal", closed, "11-02 10:00").code, RefusalCode::reason_missing);
  closed = conclusion(id, CaseOutcome::closed);
  closed.to.clear();
  const auto events = accept("appraisal", closed, "11-02 10:00");
  EXPECT_TRUE(std::get<CaseConcluded>(events.front()).facts.empty());
  EXPECT_EQ(refuse("appraisal", correction(id), "11-03 09:00").code, RefusalCode::unknown_subject)
      << "nothing reached anybody";
}

TEST_F(Cases, APublishedCaseNamesABulletinThatIsOutAndCitesItsFacts) {
  const LeafIndex id = served();
  auto published = conclusion(id, CaseOutcome::published);
  EXPECT_EQ(refuse("appraisal", published, "11-20 09:00").code, RefusalCode::unknown_subject);
  accept("centre", DraftBulletin{kCampaign, {DepartmentId("PO")}, {"F1-9"}, "late: PO"},
         "11-03 09:00");
  const LeafIndex half = state_.size - 1;
  published.bulletin = half;
  EXPECT_EQ(refuse("appraisal", published, "11-20 09:00").code, RefusalCode::unknown_subject)
      << "it is not out yet";
  accept("appraisal", PublishBulletin{kCampaign, half, {"all"}}, "11-12 09:00");
  EXPECT_EQ(refuse("appraisal", published, "11-20 09:00").code,
            RefusalCode::bulletin_cites_nothing);
  accept("centre", DraftBulletin{kCampaign, {DepartmentId("PO")}, {"F1-9", "F4-8"}, "late: PO"},
         "11-03 09:00");
  published.bulletin = state_.size - 1;
  accept("appraisal", PublishBulletin{kCampaign, *published.bulletin, {"all"}}, "11-12 09:00");
  const auto events = accept("appraisal", published, "11-20 09:00");
  EXPECT_EQ(std::get<CaseConcluded>(events.front()).bulletin, published.bulletin);
}

TEST_F(Cases, AnAppealThatVoidsAFactIsFollowedByACorrection) {
  const LeafIndex id = reported();
  EXPECT_EQ(refuse("centre", correction(id), "11-12 09:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("appraisal", correction(id + 9), "11-12 09:00").code,
            RefusalCode::unknown_subject);
  accept("PO.head", objection(), "11-11 09:00");
  EXPECT_EQ(refuse("appraisal", correction(id), "11-12 09:00").code, RefusalCode::objection_open);
  accept("appraisal", decision(Verdict::voided), "11-12 10:00");
  auto wrong = correction(id);
  wrong.reason.clear();
  EXPECT_EQ(refuse("appraisal", wrong, "11-12 11:00").code, RefusalCode::reason_missing);
  wrong = correction(id);
  wrong.text.clear();
  EXPECT_EQ(refuse("appraisal", wrong, "11-12 11:00").code, RefusalCode::reason_missing);
  wrong.text = "not 某PO.head";
  EXPECT_EQ(refuse("appraisal", wrong, "11-12 11:00").code, RefusalCode::bulletin_names_person);
  auto right = correction(id);
  right.counting = {"F1-9", "F4-8"};
  const auto events = accept("appraisal", right, "11-12 11:00");
  EXPECT_EQ(std::get<CaseCorrected>(events.front()).facts, std::vector<std::string>{"F4-8"});
}

TEST_F(Cases, EveryActComesBackFromWhatIsStored) {
  const auto opened = std::get<CaseOpened>(accept_stored("appraisal", opening(), "11-02 09:00"));
  EXPECT_EQ(opened.title, "late");
  EXPECT_EQ(opened.facts, opening().facts);
  const LeafIndex id = state_.size - 1;
  accept("appraisal", pack(id), "11-02 10:00");
  const auto served = std::get<CaseServed>(accept_stored("appraisal", service(id), "11-02 11:00"));
  EXPECT_EQ(served.to, "the person concerned");
  EXPECT_EQ(served.pack, Hash{7});
  accept("PO.head", receipt(id), "11-02 12:00");
  const auto concluded =
      std::get<CaseConcluded>(accept_stored("appraisal", conclusion(id), "11-10 09:00"));
  EXPECT_EQ(concluded.text, "PO was late");
  EXPECT_EQ(concluded.to, std::vector<std::string>{"the appraisal office"});
  EXPECT_EQ(concluded.outcome, CaseOutcome::reported);
  const auto corrected =
      std::get<CaseCorrected>(accept_stored("appraisal", correction(id), "11-11 09:00"));
  EXPECT_EQ(corrected.text, "PO was returned to, not late");
  EXPECT_EQ(corrected.reason, "a fact was voided");
}

}  // namespace countersign::ledger
