// Cases as the views tell of them: where each stands, whom its texts reached, and when one has to
// be corrected.
#include "projections/accountability/rule_texts.h"
#include "tests/projections/followed.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::LeafIndex;

const ledger::DepartmentId kOffice("OFFICE");

// The unit table is submitted two days late, which is its owner's fact.
class CaseViews : public ::testing::Test {
 protected:
  CaseViews() {
    ledger_.assign_and_open(october(2, 8));
    ledger_.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}}}}, october(9, 9));
    const LeafIndex submitted = ledger_.submit("OFFICE.filler", "units", october(12, 9));
    fact_ = "F1-" + std::to_string(submitted);
  }
  LeafIndex act(const ledger::Command& command, ledger::Timestamp at) {
    return ledger_.act("CENTRE.appraisal", command, at);
  }
  LeafIndex opened() {
    return act(ledger::OpenCase{kCampaign, kOffice, {fact_}, "late"}, october(13, 9));
  }
  LeafIndex sealed(LeafIndex id, std::uint8_t content, int day) {
    return act(ledger::SealPack{kCampaign, id, ledger::Hash{content}, 12, id}, october(day, 10));
  }
  LeafIndex served(LeafIndex id, int day) {
    return act(ledger::ServeCase{kCampaign, id, "a person"}, october(day, 11));
  }
  LeafIndex concluded(LeafIndex id, ledger::CaseOutcome outcome,
                      std::optional<LeafIndex> bulletin = {}) {
    const bool reported = outcome == ledger::CaseOutcome::reported;
    return act(ledger::ConcludeCase{kCampaign,
                                    id,
                                    outcome,
                                    bulletin,
                                    "late",
                                    reported ? std::vector<std::string>{"appraisal", "president"}
                                             : std::vector<std::string>{},
                                    {fact_}},
               october(25, 9));
  }
  LeafIndex appealed(ledger::Verdict verdict, int day = 26) {
    ledger_.act("OFFICE.head", ledger::ObjectToFact{kCampaign, fact_, kOffice, "not so", {}},
                october(day, 9));
    std::optional<ledger::Duration> net;
    if (verdict == ledger::Verdict::corrected) net = ledger::Duration::hours(1);
    return act(ledger::DecideFact{kCampaign, fact_, kOffice, verdict, net, "heard"},
               october(day + 1, 9));
  }
  CaseRecord only() const {
    const auto all = Followed(ledger_).cases();
    EXPECT_EQ(all.size(), 1U);
    return all.at(0);
  }

  TestLedger ledger_;
  std::string fact_;
};

TEST_F(CaseViews, ACaseStandsWhereItsLastActPutIt) {
  const LeafIndex id = opened();
  EXPECT_EQ(only().id, id);
  EXPECT_EQ(only().state, "opened");
  EXPECT_EQ(only().facts, std::vector<std::string>{fact_});
  EXPECT_EQ(only().title, "late");
  EXPECT_EQ(only().person, "p-CENTRE.appraisal");
  sealed(id, 7, 13);
  EXPECT_EQ(only().state, "sealed");
  const LeafIndex service = served(id, 13);
  EXPECT_EQ(only().state, "served");
  const LeafIndex receipt =
      ledger_.act("OFFICE.head", ledger::AcknowledgeCase{kCampaign, id}, october(14, 9));
  CaseRecord record = only();
  EXPECT_EQ(record.state, "received");
  ASSERT_EQ(record.services.size(), 1U);
  EXPECT_EQ(record.services[0].index, service);
  EXPECT_EQ(record.services[0].to, "a person");
  EXPECT_EQ(record.services[0].pack, record.packs.at(0).hash);
  EXPECT_EQ(record.services[0].objections_until, october(21, 0)) << "five working days";
  ASSERT_TRUE(record.services[0].received);
  EXPECT_EQ(record.services[0].received->index, receipt);

  // Another pack has to be served anew; the first service stays as it was.
  sealed(id, 8, 15);
  EXPECT_EQ(only().state, "sealed");
  served(id, 15);
  record = only();
  EXPECT_EQ(record.state, "served");
  EXPECT_TRUE(record.services[0].received);
  EXPECT_FALSE(record.services[1].received);
  EXPECT_NE(record.services[0].pack, record.services[1].pack);

  concluded(id, ledger::CaseOutcome::reported);
  record = only();
  EXPECT_EQ(record.state, "reported");
  ASSERT_EQ(record.texts.size(), 1U);
  EXPECT_EQ(record.texts[0].appeal_until, october(25, 9) + ledger::Duration::hours(24 * 30));
  EXPECT_EQ(record.texts[0].to, (std::vector<std::string>{"appraisal", "president"}));
}

TEST_F(CaseViews, AFactVoidedAfterTheConclusionHasTheCaseCorrectedForAllWhomItReached) {
  const LeafIndex id = opened();
  sealed(id, 7, 13);
  served(id, 13);
  concluded(id, ledger::CaseOutcome::reported);
  EXPECT_TRUE(only().overturned.empty());
  appealed(ledger::Verdict::voided);
  EXPECT_EQ(only().state, "to_be_corrected");
  EXPECT_EQ(only().overturned, std::vector<std::string>{fact_});
  act(ledger::CorrectCase{kCampaign, id, "not late", "voided", {fact_}}, october(27, 10));
  const CaseRecord record = only();
  EXPECT_EQ(record.state, "reported");
  ASSERT_EQ(record.texts.size(), 2U);
  EXPECT_EQ(record.texts[0].text, "late");
  EXPECT_EQ(record.texts[1].kind, "correction");
  EXPECT_EQ(record.texts[1].reason, "voided");
  EXPECT_TRUE(record.texts[1].facts.empty());
  EXPECT_EQ(record.texts[1].to, record.texts[0].to);
}

TEST_F(CaseViews, AFactCorrectedOnAppealHasItCorrectedAndOneUpheldHasNot) {
  const LeafIndex id = opened();
  sealed(id, 7, 13);
  served(id, 13);
  concluded(id, ledger::CaseOutcome::reported);
  appealed(ledger::Verdict::upheld);
  EXPECT_EQ(only().state, "reported");
  appealed(ledger::Verdict::corrected, 28);
  EXPECT_EQ(only().state, "to_be_corrected");
  act(ledger::CorrectCase{kCampaign, id, "an hour late", "appeal", {fact_}}, october(29, 10));
  EXPECT_EQ(only().state, "reported");
  EXPECT_EQ(only().texts.back().facts, std::vector<std::string>{fact_});
}

TEST_F(CaseViews, APublishedCaseReachesWhomItsBulletinReached) {
  const LeafIndex id = opened();
  sealed(id, 7, 13);
  served(id, 13);
  const LeafIndex bulletin =
      ledger_.act("CENTRE.office", ledger::DraftBulletin{kCampaign, {kOffice}, {fact_}, "late"},
                  october(13, 12));
  act(ledger::PublishBulletin{kCampaign, bulletin, {"the whole school"}}, october(22, 9));
  concluded(id, ledger::CaseOutcome::published, bulletin);
  EXPECT_EQ(only().state, "published");
  EXPECT_EQ(only().texts[0].bulletin, bulletin);
  EXPECT_EQ(only().texts[0].to, std::vector<std::string>{"the whole school"});
  act(ledger::CorrectCase{kCampaign, id, "less late", "found", {fact_}}, october(26, 9));
  EXPECT_EQ(only().texts[1].to, std::vector<std::string>{"the whole school"});
}

TEST_F(CaseViews, WhereNothingFollowsTheCaseIsClosed) {
  const LeafIndex id = opened();
  concluded(id, ledger::CaseOutcome::closed);
  EXPECT_EQ(only().state, "closed");
  EXPECT_TRUE(only().texts[0].to.empty());
  EXPECT_EQ(Followed(ledger_).views().cases().cases("1999").error().code, ledger::Errc::not_found);
}

TEST_F(CaseViews, APackThatWasFetchedIsAnExportThatDoesNotCount) {
  ledger::ExportData fetched;
  fetched.campaign = kCampaign;
  fetched.what = "pack";
  fetched.personal = true;
  ledger_.act("OFFICE.head", fetched, october(14, 9));
  fetched.what = "sheet";
  ledger_.act("OFFICE.head", fetched, october(14, 10));
  const auto exports = Followed(ledger_).facts("F13");
  ASSERT_EQ(exports.size(), 2U);
  EXPECT_FALSE(exports[0].counts);
  EXPECT_TRUE(exports[1].counts);
}

TEST(RuleTexts, EveryRuleIsToldInBothLanguages) {
  for (int number = 1; number <= 15; ++number) {
    const auto text = fact_rule_text("F" + std::to_string(number), 1);
    ASSERT_TRUE(text) << number;
    EXPECT_FALSE(text->zh.empty());
    EXPECT_FALSE(text->en.empty());
  }
  EXPECT_FALSE(fact_rule_text("F1", 99));
}

TEST_F(CaseViews, EveryFactThatIsRaisedHasARuleThatIsTold) {
  ledger_.act("CENTRE.office", ledger::ClosePhase{kCampaign, ledger::PhaseId("base_entry")},
              october(17, 0));
  const auto facts = Followed(ledger_).facts("");
  EXPECT_GT(facts.size(), 1U);
  for (const auto& fact : facts) {
    EXPECT_TRUE(fact_rule_text(fact.kind, fact.rule_version))
        << fact.kind << " " << fact.rule_version;
  }
}

}  // namespace
}  // namespace countersign::projections
