// Who owes what, who was chased, what excuses and what is to a unit's credit, told from entries.
#include "tests/projections/followed.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::Duration;
using ledger::LeafIndex;
using Entries = std::vector<LeafIndex>;

bool holds(const Entries& entries, LeafIndex index) {
  return std::find(entries.begin(), entries.end(), index) != entries.end();
}

LeafIndex log_outage(TestLedger& ledger, ledger::Timestamp from, ledger::Timestamp to,
                     ledger::Timestamp at, std::vector<ledger::TableKey> tables = {}) {
  return ledger.act("CENTRE.office",
                    ledger::RecordOutage{kCampaign, from, to, std::move(tables), "disk"}, at);
}

LeafIndex give(TestLedger& ledger, const std::string& department, ledger::ReadinessKind what,
               ledger::Timestamp at) {
  return ledger.act(
      "CENTRE.office",
      ledger::RecordReadiness{kCampaign, {ledger::DepartmentId(department)}, what, ""}, at);
}

// Books are due 10-16 00:00; they come five hours later.
void submit_books_late(TestLedger& ledger) {
  ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  ledger.submit("LIB.filler", "books", october(16, 5));
}

TEST(Outages, WhatIsLoggedLaterTakesLatenessAway) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  submit_books_late(ledger);
  EXPECT_TRUE(Followed(ledger).facts("F1").at(0).counts);
  // Not of this table, and before it could be filled: nothing.
  log_outage(ledger, october(15, 0), october(16, 0), october(17, 8), {ledger::TableKey("units")});
  log_outage(ledger, october(1, 0), october(2, 7), october(17, 8));
  const auto part = log_outage(ledger, october(15, 22), october(16, 0), october(17, 9),
                               {ledger::TableKey("books")});
  {
    const Followed views(ledger);
    const auto fact = views.facts("F1").at(0);
    EXPECT_EQ(fact.rule_version, 3U);
    EXPECT_EQ(fact.raw, Duration::hours(5));
    EXPECT_EQ(fact.net, Duration::hours(3));
    EXPECT_TRUE(fact.counts);
    EXPECT_EQ(fact.excused_by, "");
    ASSERT_EQ(fact.charges.size(), 1U);
    EXPECT_EQ(fact.charges[0].kind, "outage");
    EXPECT_EQ(fact.charges[0].department, "");
    EXPECT_EQ(fact.charges[0].entries, Entries{part});
    EXPECT_TRUE(holds(fact.entries, part));
    EXPECT_EQ(views.task("books", october(17, 10)).net_late, Duration::hours(3));
  }
  // Overlaps the first one by an hour.
  log_outage(ledger, october(15, 23), october(16, 3), october(17, 9));
  const Followed views(ledger);
  const auto fact = views.facts("F1").at(0);
  EXPECT_EQ(fact.net, Duration{});
  EXPECT_FALSE(fact.counts);
  EXPECT_EQ(fact.excused_by, "outage");
  EXPECT_EQ(fact.charges.size(), 2U);
  EXPECT_EQ(views.task("books", october(17, 10)).net_late, Duration{});
  EXPECT_EQ(views.task("books", october(17, 10)).raw_late, Duration::hours(5));
}

TEST(Outages, ItMakesNoDifferenceWhetherItIsLoggedBeforeOrAfterTheSubmission) {
  const auto play = [](bool before) {
    TestLedger ledger;
    ledger.assign_and_open(october(2, 8));
    if (before) log_outage(ledger, october(15, 22), october(16, 2), october(16, 3));
    submit_books_late(ledger);
    if (!before) log_outage(ledger, october(15, 22), october(16, 2), october(16, 6));
    const auto fact = Followed(ledger).facts("F1").at(0);
    EXPECT_EQ(fact.charges.size(), 1U);
    return *fact.net;
  };
  EXPECT_EQ(play(true), Duration::hours(1));
  EXPECT_EQ(play(false), Duration::hours(1));
}

TEST(Outages, WhatWasNeverDeliveredIsExcusedToo) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.act("CENTRE.office", ledger::ClosePhase{kCampaign, ledger::PhaseId("base_entry")},
             october(16, 4));
  const auto books = [](const Followed& views) {
    for (auto& fact : views.facts("F2")) {
      if (fact.table == "books") return fact;
    }
    throw std::runtime_error("no fact about books");
  };
  EXPECT_TRUE(books(Followed(ledger)).counts);
  const auto outage = log_outage(ledger, october(15, 20), october(16, 1), october(16, 9));
  const auto fact = books(Followed(ledger));
  EXPECT_FALSE(fact.counts);
  EXPECT_EQ(fact.excused_by, "outage");
  EXPECT_TRUE(holds(fact.entries, outage));
}

TEST(ReadinessOfDepartments, LatenessDoesNotCountWhereSomethingAskedForCameLateOrNever) {
  TestLedger ledger;
  ledger.ask_readiness(october(1, 12));
  using ledger::ReadinessKind;
  give(ledger, "OFFICE", ReadinessKind::accounts, october(1, 13));
  give(ledger, "OFFICE", ReadinessKind::training, october(1, 14));
  give(ledger, "LIB", ReadinessKind::accounts, october(1, 13));
  ledger.assign_and_open(october(2, 8));
  const auto state = [](const Followed& views, const std::string& department) {
    const auto departments = views.deadlines().departments("2020", october(2, 9)).value();
    for (const auto& line : departments) {
      if (line.department == department) return line.state;
    }
    return std::string();
  };
  {
    const Followed views(ledger);
    EXPECT_EQ(state(views, "OFFICE"), "filling_base");
    EXPECT_EQ(state(views, "LIB"), "not_ready");
  }
  const auto trained = give(ledger, "LIB", ReadinessKind::training, october(3, 8));
  EXPECT_EQ(state(Followed(ledger), "LIB"), "filling_base");
  ledger.fill_and_submit("OFFICE", "units", october(11, 1));
  ledger.fill_and_submit("HR", "staff", october(12, 9));
  submit_books_late(ledger);
  const Followed views(ledger);
  const auto facts = views.facts("F1");
  ASSERT_EQ(facts.size(), 3U);
  EXPECT_EQ(facts[0].department, "OFFICE");
  EXPECT_TRUE(facts[0].counts);
  EXPECT_EQ(facts[0].excused_by, "");
  // Never given anything: what shows it is the entry that opened the table without it.
  EXPECT_EQ(facts[1].department, "HR");
  EXPECT_FALSE(facts[1].counts);
  EXPECT_EQ(facts[1].excused_by, "readiness");
  EXPECT_GT(*facts[1].net, Duration{});
  // Trained a day after the table could be filled.
  EXPECT_EQ(facts[2].department, "LIB");
  EXPECT_FALSE(facts[2].counts);
  EXPECT_EQ(facts[2].excused_by, "readiness");
  EXPECT_TRUE(holds(facts[2].entries, trained));
  EXPECT_FALSE(holds(facts[0].entries, trained));

  const auto recorded = views.reminders().readiness("2020").value();
  ASSERT_EQ(recorded.size(), 4U);
  EXPECT_EQ(recorded[3].index, trained);
  EXPECT_EQ(recorded[3].what, "training");
}

TEST(Credits, AUnitThatMendsItsOwnTableUnaskedIsCreditedOnce) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("LIB", "books", october(3, 9));
  const auto row = [](const std::string& count) {
    return std::map<std::string, ledger::Cells>{{"1", {{"no", "1"}, {"count", count}}}};
  };
  const auto mended = ledger.edit("LIB.filler", "books", row("8"), october(4, 9), "counted again");
  ledger.edit("LIB.filler", "books", row("9"), october(4, 10), "and again");
  {
    const auto facts = Followed(ledger).facts("F14");
    ASSERT_EQ(facts.size(), 1U);
    EXPECT_EQ(facts[0].id, "F14-" + std::to_string(mended));
    EXPECT_EQ(facts[0].department, "LIB");
    EXPECT_EQ(facts[0].person, "p-LIB.filler");
    EXPECT_EQ(facts[0].count, 1U);
    EXPECT_TRUE(is_credit(facts[0]));
  }
  // Without a reason, after a return, after the school's pass: not.
  ledger.submit("LIB.filler", "books", october(5, 9));
  ledger.edit("LIB.filler", "books", row("10"), october(5, 10));
  ledger.submit("LIB.filler", "books", october(5, 11));
  ledger.give_back("LIB.reviewer", "books", "review", october(5, 12));
  ledger.edit("LIB.filler", "books", row("11"), october(5, 13), "as returned");
  ledger.submit("LIB.filler", "books", october(6, 9));
  ledger.approve("LIB.reviewer", "books", "review", october(6, 10));
  ledger.approve("LIB.head", "books", "head", october(6, 11));
  ledger.approve("CENTRE.office", "books", "first_review", october(7, 9));
  ledger.edit("LIB.filler", "books", row("12"), october(8, 9), "too late to be credited");
  EXPECT_EQ(Followed(ledger).facts("F14").size(), 1U);
}

TEST(Credits, WhoWasChasedForTheTableIsNotCredited) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("LIB", "books", october(3, 9));
  ledger.act("CENTRE.office",
             ledger::ChaseUnit{kCampaign,
                               ledger::DepartmentId("LIB"),
                               {ledger::TableKey("books")},
                               "the count looks wrong"},
             october(3, 10));
  ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}, {"count", "8"}}}}, october(4, 9),
              "so it was");
  EXPECT_TRUE(Followed(ledger).facts("F14").empty());
}

TEST(Credits, PassingEarlyReleasesThoseWhoWait) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("OFFICE", "units", october(9, 6));
  const auto facts = Followed(ledger).facts("F15");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].department, "OFFICE");
  EXPECT_EQ(facts[0].table, "units");
  EXPECT_EQ(facts[0].count, 2U);
  EXPECT_EQ(facts[0].early, Duration::hours(42));  // due 10-11 00:00
  EXPECT_EQ(facts[0].entries.size(), 3U);
  EXPECT_EQ(facts[0].id, "F15-" + std::to_string(facts[0].entries.front()));

  TestLedger late;
  late.assign_and_open(october(2, 8));
  late.fill_and_submit("OFFICE", "units", october(11, 0));
  EXPECT_TRUE(Followed(late).facts("F15").empty());
}

TEST(Chases, TheListNamesUnitsThatOweSomethingSoonAndTheirLastChase) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("OFFICE", "units", october(11, 10));
  const auto chase = [&](const std::string& department, const std::string& table, int hour) {
    return ledger.act(
        "CENTRE.office",
        ledger::ChaseUnit{
            kCampaign, ledger::DepartmentId(department), {ledger::TableKey(table)}, "due today"},
        october(11, hour));
  };
  chase("HR", "staff", 11);
  const auto last = chase("HR", "staff", 12);
  const auto answered = ledger.act(
      "HR.head", ledger::AnswerChase{kCampaign, last, october(12, 9), "tomorrow"}, october(11, 13));
  const Followed views(ledger);
  const auto now = october(12, 2);
  const auto list = views.reminders().chase_list("2020", now, now + Duration::hours(24)).value();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].department, "AA");
  EXPECT_FALSE(list[0].last_chase);
  EXPECT_EQ(list[1].department, "HR");
  ASSERT_EQ(list[1].tables.size(), 1U);
  EXPECT_EQ(list[1].tables[0].table, "staff");
  EXPECT_EQ(list[1].tables[0].raw_late, Duration::hours(2));
  EXPECT_EQ(list[1].tables[0].net_late, Duration{});  // it waited ten hours for units
  ASSERT_TRUE(list[1].last_chase);
  EXPECT_EQ(list[1].last_chase->index, last);
  ASSERT_EQ(list[1].last_chase->answers.size(), 1U);
  EXPECT_EQ(list[1].last_chase->answers[0].index, answered);
  EXPECT_EQ(list[1].last_chase->answers[0].promised, october(12, 9));
  EXPECT_EQ(list[1].last_chase->answers[0].text, "tomorrow");
  // Books are due four days later, and not overdue before.
  const auto longer = views.reminders().chase_list("2020", now, now + Duration::hours(96)).value();
  ASSERT_EQ(longer.size(), 3U);
  EXPECT_EQ(longer[2].department, "LIB");
  EXPECT_FALSE(longer[2].tables[0].raw_late);
  EXPECT_EQ(views.reminders().chases("2020").value().size(), 2U);
  EXPECT_EQ(views.reminders().chases("2020").value()[0].index, last);
}

TEST(Records, ADepartmentsRecordCountsWhatBecameOfEverything) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  const auto asked = [&](const std::string& text) {
    ledger.act("HR.filler",
               ledger::RequestAssist{kCampaign, ledger::TableKey("staff"), "books",
                                     ledger::DepartmentId("LIB"), october(20, 12), text},
               october(12, 9));
  };
  ledger.fill_and_submit("OFFICE", "units", october(3, 9));
  asked("please");
  ledger.act("LIB.filler",
             ledger::DeclineAssist{kCampaign, ledger::TableKey("staff"), "books", "not ours"},
             october(12, 10));
  const auto chase = ledger.act(
      "CENTRE.office",
      ledger::ChaseUnit{kCampaign, ledger::DepartmentId("LIB"), {ledger::TableKey("books")}, "due"},
      october(15, 9));
  ledger.act("LIB.head", ledger::AnswerChase{kCampaign, chase, {}, "soon"}, october(15, 10));
  log_outage(ledger, october(15, 22), october(16, 1), october(16, 2));
  submit_books_late(ledger);
  ledger.give_back("LIB.reviewer", "books", "review", october(16, 6));
  const Followed views(ledger);
  const auto record = views.records().department("LIB", october(17, 0)).value();
  EXPECT_EQ(record.as_of, ledger.size());
  ASSERT_EQ(record.campaigns.size(), 1U);
  const CampaignRecord& one = record.campaigns[0];
  EXPECT_EQ(one.campaign, "2020");
  EXPECT_EQ(one.tasks, 1U);
  EXPECT_EQ(one.submitted, 1U);
  EXPECT_EQ(one.on_time, 0U);
  EXPECT_EQ(one.late, 1U);
  EXPECT_EQ(one.raw_late, Duration::hours(5));
  EXPECT_EQ(one.net_late, Duration::hours(2));
  EXPECT_EQ(one.returns, 0U);
  EXPECT_EQ(one.internal_returns, 1U);
  ASSERT_TRUE(one.facts.contains("F1"));
  EXPECT_EQ(one.facts.at("F1").standing, 1U);
  EXPECT_EQ(one.chases, 1U);
  EXPECT_EQ(one.chases_answered, 1U);
  EXPECT_EQ(one.assists_asked, 1U);
  EXPECT_EQ(one.assists_declined, 1U);

  const auto office = views.records().department("OFFICE", october(17, 0)).value();
  EXPECT_EQ(office.campaigns.at(0).on_time, 1U);
  EXPECT_EQ(office.campaigns.at(0).credits.at("F15").standing, 1U);
  EXPECT_FALSE(office.campaigns.at(0).facts.contains("F15"));
  EXPECT_TRUE(views.records().department("nowhere", october(17, 0)).value().campaigns.empty());
}

}  // namespace
}  // namespace countersign::projections
