#include "tests/projections/followed.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::Duration;

bool holds(const std::vector<ledger::LeafIndex>& entries, ledger::LeafIndex index) {
  return std::find(entries.begin(), entries.end(), index) != entries.end();
}

// The unit table is two days late; both departments behind it submit soon after its release.
TEST(Accountability, WhoWaitedIsLateRawNotNet) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("OFFICE", "units", october(12, 9, 10));
  ledger.fill_and_submit("HR", "staff", october(12, 12));
  ledger.fill_and_submit("AA", "majors", october(14, 9, 10));
  const Followed views(ledger);

  const auto facts = views.facts("F1");
  ASSERT_EQ(facts.size(), 3U);
  EXPECT_EQ(facts[0].table, "units");
  EXPECT_EQ(facts[0].raw, facts[0].net);
  EXPECT_TRUE(facts[0].counts);

  const AccountabilityFact& staff = facts[1];
  EXPECT_EQ(staff.department, "HR");
  EXPECT_EQ(staff.person, "p-HR.filler");
  EXPECT_EQ(staff.raw, Duration::hours(12));
  EXPECT_EQ(staff.net, Duration::hours(0));
  EXPECT_FALSE(staff.counts);
  ASSERT_EQ(staff.charges.size(), 1U);
  EXPECT_EQ(staff.charges[0].table, "units");
  EXPECT_EQ(staff.charges[0].department, "OFFICE");
  EXPECT_EQ(staff.charges[0].from, october(11, 0));
  EXPECT_EQ(staff.charges[0].to, october(12, 9, 10));
  EXPECT_TRUE(std::is_sorted(staff.entries.begin(), staff.entries.end()));
  for (const auto entry : staff.charges[0].entries) EXPECT_TRUE(holds(staff.entries, entry));

  // 57 h 10 min late, 33 h 10 min of them waited: a day remains its own.
  EXPECT_EQ(facts[2].table, "majors");
  EXPECT_EQ(facts[2].net, Duration::hours(24));
  EXPECT_TRUE(facts[2].counts);
  EXPECT_EQ(views.fact(facts[2].id).net, Duration::hours(24));
}

TEST(Accountability, ReceiptDecidesNotTheClaim) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  const auto submitted =
      ledger.submit("LIB.filler", "books", october(16, 0, 12), october(15, 23, 59));
  const Followed views(ledger);
  const auto facts = views.facts("F1");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].id, "F1-" + std::to_string(submitted));
  EXPECT_EQ(facts[0].raw, Duration::seconds(12 * 60));
  EXPECT_EQ(facts[0].net, Duration::seconds(12 * 60));
  EXPECT_TRUE(holds(facts[0].entries, submitted));
}

TEST(Accountability, AnExtensionGrantedBeforeCountsAndNamesItsEntry) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  const auto moved = ledger.act(
      "CENTRE.office", ledger::MoveDue{kCampaign, {ledger::TableKey("books")}, october(17, 0), "x"},
      october(10, 9));
  ledger.submit("LIB.filler", "books", october(17, 1));
  const Followed views(ledger);
  const auto facts = views.facts("F1");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].raw, Duration::hours(1));
  EXPECT_TRUE(holds(facts[0].entries, moved));
}

TEST(Accountability, NotDeliveredWhenThePhaseCloses) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  ledger.submit("LIB.filler", "books", october(4, 9));
  const auto closed =
      ledger.act("CENTRE.office", ledger::ClosePhase{kCampaign, ledger::PhaseId("base_entry")},
                 october(17, 0));
  const Followed views(ledger);
  const auto facts = views.facts("F2");
  ASSERT_EQ(facts.size(), 3U);
  for (const auto& fact : facts) {
    EXPECT_EQ(fact.id, "F2-" + std::to_string(closed) + "-" + fact.table);
    EXPECT_NE(fact.table, "books");
    // Those who waited for the units to the end are shown, and excused.
    EXPECT_EQ(fact.counts, fact.table == "units");
    EXPECT_EQ(fact.charges.empty(), fact.table == "units");
  }
}

TEST(Accountability, APartDeliveredLateIsTheAssistingDepartments) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  const auto asked =
      ledger.act("HR.filler",
                 ledger::RequestAssist{kCampaign, ledger::TableKey("staff"), "books",
                                       ledger::DepartmentId("LIB"), october(6, 12), "please"},
                 october(3, 9));
  const auto delivered = ledger.act(
      "LIB.filler", ledger::DeliverAssist{kCampaign, ledger::TableKey("staff"), "books", true},
      october(6, 15));
  const Followed views(ledger);
  const auto facts = views.facts("F3");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].department, "LIB");
  EXPECT_EQ(facts[0].net, Duration::hours(3));
  EXPECT_EQ(facts[0].entries, (std::vector<ledger::LeafIndex>{asked, delivered}));
  const auto assists = views.task("staff", october(7, 0)).assists;
  ASSERT_EQ(assists.size(), 1U);
  EXPECT_EQ(assists[0].status, "delivered");
}

class LateParts : public ::testing::Test {
 protected:
  LateParts() { ledger_.assign_and_open(october(2, 8)); }
  // By HR, of the Library, a part of staff, which waits for units.
  ledger::LeafIndex ask(ledger::Timestamp due, ledger::Timestamp at) {
    return ledger_.act("HR.filler",
                       ledger::RequestAssist{kCampaign, ledger::TableKey("staff"), "books",
                                             ledger::DepartmentId("LIB"), due, "please"},
                       at);
  }
  ledger::LeafIndex deliver(ledger::Timestamp at, bool nothing_to_report = false) {
    return ledger_.act("LIB.filler",
                       ledger::DeliverAssist{kCampaign, ledger::TableKey("staff"), "books",
                                             nothing_to_report},
                       at);
  }
  AccountabilityFact only(const std::string& kind, const std::string& table) {
    std::vector<AccountabilityFact> found = Followed(ledger_).facts(kind);
    std::erase_if(found, [&](const auto& fact) { return fact.table != table; });
    EXPECT_EQ(found.size(), 1U) << kind;
    return found.empty() ? AccountabilityFact{} : found[0];
  }

  TestLedger ledger_;
};

TEST_F(LateParts, WhileTheTableIsBlockedNobodyCanFillAPartOfIt) {
  ask(october(6, 12), october(3, 9));
  ledger_.fill_and_submit("OFFICE", "units", october(8, 8, 50));  // passes at nine
  deliver(october(8, 12));
  const auto fact = only("F3", "staff");
  EXPECT_EQ(fact.raw, Duration::hours(48));
  EXPECT_EQ(fact.net, Duration::hours(0));
  EXPECT_FALSE(fact.counts);
  EXPECT_EQ(fact.excused_by, "waiting");
  ASSERT_EQ(fact.charges.size(), 1U);
  EXPECT_EQ(fact.charges[0].kind, "blocked");  // the units were in time
  EXPECT_EQ(fact.charges[0].department, "");
}

TEST_F(LateParts, AnOutageThatIsLoggedLaterExcusesToo) {
  ledger_.fill_and_submit("OFFICE", "units", october(3, 8));
  ask(october(6, 12), october(3, 10));
  deliver(october(6, 15));
  ledger_.act("CENTRE.office",
              ledger::RecordOutage{kCampaign, october(6, 10), october(6, 14), {}, "disk"},
              october(7, 9));
  const auto fact = only("F3", "staff");
  EXPECT_EQ(fact.raw, Duration::hours(3));
  EXPECT_EQ(fact.net, Duration::hours(0));
  EXPECT_FALSE(fact.counts);
  EXPECT_EQ(fact.excused_by, "outage");
}

TEST_F(LateParts, ARequestWithLessNoticeThanAgreedExcusesWhoWasAskedAndNobodyElse) {
  ledger_.redefine([](ledger::CampaignDefinition& next) { next.assist_notice_days = 2; },
                   october(2, 9));
  ledger_.fill_and_submit("OFFICE", "units", october(9, 8));
  ask(october(11, 23), october(9, 17));  // a Friday; the second working day after it is a Tuesday
  deliver(october(12, 6));
  ledger_.fill_and_submit("HR", "staff", october(12, 8));
  const auto part = only("F3", "staff");
  EXPECT_FALSE(part.counts);
  EXPECT_EQ(part.excused_by, "short_notice");
  // A decision takes away; it makes nothing count.
  ledger_.act("CENTRE.appraisal",
              ledger::DecideFact{kCampaign, part.id, ledger::DepartmentId("LIB"),
                                 ledger::Verdict::corrected, Duration::hours(1), "heard both"},
              october(13, 9));
  EXPECT_EQ(only("F3", "staff").state, "corrected");
  EXPECT_FALSE(only("F3", "staff").counts);
  const auto owner = only("F1", "staff");
  EXPECT_EQ(owner.net, owner.raw);
  EXPECT_TRUE(owner.charges.empty());
}

TEST_F(LateParts, WhatTheOwnerWaitedForIsTheAssistingDepartments) {
  ledger_.fill_and_submit("OFFICE", "units", october(3, 8));
  const auto asked = ask(october(9, 18), october(3, 10));
  const auto delivered = deliver(october(13, 7));
  ledger_.edit("HR.filler", "staff", {{"1", {{"no", "1"}}}}, october(13, 8));
  ledger_.submit("HR.filler", "staff", october(13, 9));
  const auto owner = only("F1", "staff");
  EXPECT_EQ(owner.raw, Duration::hours(33));
  EXPECT_EQ(owner.net, Duration::hours(0));  // three and a half days of waiting, from the 9th
  EXPECT_FALSE(owner.counts);
  ASSERT_EQ(owner.charges.size(), 1U);
  EXPECT_EQ(owner.charges[0].kind, "part");
  EXPECT_EQ(owner.charges[0].department, "LIB");
  EXPECT_EQ(owner.charges[0].entries, (std::vector<ledger::LeafIndex>{asked, delivered}));
  EXPECT_TRUE(only("F3", "staff").counts);
  EXPECT_EQ(Followed(ledger_).task("staff", october(14, 0)).net_late, Duration::hours(0));
}

TEST(Accountability, WhatIsUndeliveredIsFoundOnceHoweverOftenThePhaseIsClosed) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  const ledger::PhaseId phase("base_entry");
  const auto close = [&](ledger::Timestamp at) {
    return ledger.act("CENTRE.office", ledger::ClosePhase{kCampaign, phase}, at);
  };
  // Books are due on the 16th: nothing was owed yet, so that the second closing finds it.
  const auto first = close(october(12, 0));
  ledger.act("CENTRE.office", ledger::OpenPhase{kCampaign, phase}, october(12, 9));
  const auto second = close(october(18, 0));
  const Followed views(ledger);
  std::vector<std::string> counted;
  for (const auto& fact : views.facts("F2")) {
    if (fact.counts) counted.push_back(fact.id);
  }
  EXPECT_EQ(counted, (std::vector<std::string>{"F2-" + std::to_string(first) + "-units",
                                               "F2-" + std::to_string(second) + "-books"}));
}

TEST(Accountability, AReturnWithinTheDepartmentExcusesNoLateChange) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("LIB", "books", october(3, 9));
  ledger.approve("LIB.head", "books", "head", october(3, 10));
  ledger.approve("CENTRE.office", "books", "first_review", october(3, 11));
  const auto change = [&](int count, ledger::Timestamp at) {
    ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}, {"count", std::to_string(count)}}}},
                at);
  };
  change(8, october(4, 9));
  ledger.submit("LIB.filler", "books", october(4, 10));
  ledger.give_back("LIB.reviewer", "books", "review", october(4, 11));
  change(9, october(4, 12));
  const auto facts = Followed(ledger).facts("F9");
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_TRUE(facts[0].counts);
  EXPECT_TRUE(facts[1].counts);
}

TEST(Accountability, SchoolWideReturnsAreCountedAndLaterChangesGraded) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("LIB", "books", october(3, 9));
  ledger.approve("LIB.head", "books", "head", october(3, 10));
  ledger.give_back("CENTRE.office", "books", "first_review", october(4, 9), october(6, 0));
  ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}, {"count", "8"}}}}, october(5, 9));
  ledger.submit("LIB.filler", "books", october(6, 3));
  const auto internal = ledger.give_back("LIB.reviewer", "books", "review", october(6, 4));
  ledger.submit("LIB.filler", "books", october(6, 5));
  ledger.approve("LIB.reviewer", "books", "review", october(6, 6));
  ledger.approve("LIB.head", "books", "head", october(6, 7));
  ledger.give_back("CENTRE.office", "books", "first_review", october(7, 9), october(9, 0));
  ledger.submit("LIB.filler", "books", october(8, 5));
  ledger.approve("LIB.reviewer", "books", "review", october(8, 6));
  ledger.approve("LIB.head", "books", "head", october(8, 7));
  const auto passed = ledger.approve("CENTRE.office", "books", "first_review", october(8, 9));
  const auto changed = ledger.edit(
      "LIB.filler", "books",
      {{"1", {{"no", "1"}, {"count", "9"}, {"name", "n"}}}, {"2", {{"no", "2"}}}}, october(9, 9));
  const Followed views(ledger);

  const auto returns = views.facts("F4");
  ASSERT_EQ(returns.size(), 2U);
  EXPECT_EQ(returns[0].count, 1U);
  EXPECT_EQ(returns[1].count, 2U);
  EXPECT_FALSE(holds(returns[1].entries, internal));
  EXPECT_TRUE(holds(returns[1].entries, passed));

  // Late against the instant the return set; the correction after the internal return is not
  // judged.
  const auto late = views.facts("F1");
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0].raw, Duration::hours(3));

  const auto changes = views.facts("F9");
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].count, 3U);
  EXPECT_TRUE(changes[0].counts);
  EXPECT_EQ(changes[0].entries, (std::vector<ledger::LeafIndex>{passed, changed}));
}

TEST(Accountability, WhoEditedAndPassedIsShownAndExcusedByDelegation) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  // The filler also stands in for the reviewer, by written delegation.
  ledger::GrantDelegation grant;
  grant.campaign = kCampaign;
  grant.hat = {ledger::Role::reviewer, ledger::DepartmentId("LIB")};
  grant.from = ledger::PersonId("p-LIB.reviewer");
  grant.to = ledger::PersonId("p-LIB.filler");
  grant.until = october(20, 0);
  grant.reason = "leave";
  ledger.act("LIB.reviewer", grant, october(3, 8));
  const auto edit = ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  ledger.submit("LIB.filler", "books", october(3, 10));
  const auto pass = ledger.approve("LIB.filler", "books", "review", october(3, 11));
  const Followed views(ledger);
  const auto facts = views.facts("F11");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].person, "p-LIB.filler");
  EXPECT_FALSE(facts[0].counts);
  EXPECT_EQ(facts[0].entries, (std::vector<ledger::LeafIndex>{edit, pass}));
}

}  // namespace
}  // namespace countersign::projections
