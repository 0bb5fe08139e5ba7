#include "projections/deadlines/lateness.h"
#include "tests/projections/followed.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::Duration;
using ledger::Timestamp;

Wait wait(int from, int to, int upstream_due) {
  return {"units", "OFFICE", Timestamp{from}, Timestamp{to}, Timestamp{upstream_due}, {1}};
}

TEST(Lateness, InTimeIsNoLateness) {
  EXPECT_FALSE(lateness("staff", Timestamp{100}, Timestamp{100}, {}, {{wait(0, 90, 10)}}));
}

TEST(Lateness, OverlappingWaitsCountOnce) {
  const auto late =
      lateness("staff", Timestamp{100}, Timestamp{200}, {}, {{wait(0, 50, 20), wait(0, 60, 40)}});
  ASSERT_TRUE(late);
  EXPECT_EQ(late->raw, Duration{100});
  EXPECT_EQ(late->net, Duration{60});  // 20 … 60 were others'
  EXPECT_EQ(late->charges.size(), 2U);
}

TEST(Lateness, AnUpstreamTableInTimeIsNotCharged) {
  const auto late = lateness("staff", Timestamp{100}, Timestamp{150}, {}, {{wait(0, 90, 95)}});
  EXPECT_EQ(late->net, Duration{50});
  EXPECT_TRUE(late->charges.empty());
}

// It could not be handed in: nobody's fault, so nobody is charged.
TEST(Lateness, BlockedPastTheOwnDueInstantExcusesThoughTheUpstreamTableIsInTime) {
  const auto late = lateness("staff", Timestamp{100}, Timestamp{150}, {}, {{wait(0, 140, 130)}});
  EXPECT_EQ(late->net, Duration{10});
  ASSERT_EQ(late->charges.size(), 2U);
  EXPECT_EQ(late->charges[0].kind, "blocked");
  EXPECT_EQ(late->charges[0].department, "");
  EXPECT_EQ(late->charges[0].from, Timestamp{100});
  EXPECT_EQ(late->charges[0].to, Timestamp{130});
  EXPECT_EQ(late->charges[1].kind, "wait");
  EXPECT_EQ(late->charges[1].department, "OFFICE");
  EXPECT_EQ(late->charges[1].from, Timestamp{130});
}

TEST(Lateness, APartThatAnotherOwedIsChargedToItFromWhenItCouldBeFilled) {
  Excuses excuses{{wait(0, 120, 110)}};
  excuses.parts = {{"LIB", Timestamp{90}, Timestamp{145}, {7, 9}}};
  const auto late = lateness("staff", Timestamp{100}, Timestamp{150}, {}, excuses);
  EXPECT_EQ(late->net, Duration{5});  // blocked to 120, then the part to 145
  ASSERT_EQ(late->charges.size(), 3U);
  EXPECT_EQ(late->charges[2].kind, "part");
  EXPECT_EQ(late->charges[2].table, "staff");
  EXPECT_EQ(late->charges[2].department, "LIB");
  EXPECT_EQ(late->charges[2].from, Timestamp{120});
  EXPECT_EQ(late->charges[2].to, Timestamp{145});
  // Still owed at the end, and in time.
  excuses.parts = {{"LIB", Timestamp{130}, {}, {7}}};
  EXPECT_EQ(lateness("staff", Timestamp{100}, Timestamp{150}, {}, excuses)->net, Duration{10});
  excuses.parts = {{"LIB", Timestamp{160}, {}, {7}}};
  EXPECT_EQ(lateness("staff", Timestamp{100}, Timestamp{150}, {}, excuses)->net, Duration{30});
}

TEST(Lateness, APartIsExcusedWhileItsTableIsBlockedAfterTheRequest) {
  const Excuses excuses{{wait(0, 60, 55)}, {{Timestamp{70}, Timestamp{75}, 9}}};
  const auto late = lateness_of_part(Timestamp{30}, Timestamp{40}, Timestamp{80}, excuses);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->raw, Duration{40});
  EXPECT_EQ(late->net, Duration{5});  // 30 … 60 blocked, 70 … 75 an outage
  EXPECT_EQ(late->charges.at(0).from, Timestamp{30});
  EXPECT_FALSE(lateness_of_part(Timestamp{30}, Timestamp{80}, Timestamp{80}, excuses));
}

TEST(Lateness, NetIsNeverNegativeAndAnOpenWaitEndsNow) {
  Wait open = wait(0, 0, 10);
  open.to.reset();
  const auto late = lateness("staff", Timestamp{100}, Timestamp{150}, {}, {{open}});
  EXPECT_EQ(late->net, Duration{0});
  EXPECT_EQ(late->charges.at(0).to, Timestamp{150});
}

TEST(Lateness, WaitingBeforeTheReturnIsNotUsedTwice) {
  const auto late =
      lateness("staff", Timestamp{100}, Timestamp{150}, Timestamp{80}, {{wait(0, 90, 10)}});
  EXPECT_EQ(late->net, Duration{40});
}

TEST(Lateness, AnOutageIsNobodysAndGoesIntoTheSameUnion) {
  const Excuses excuses{{wait(0, 50, 20)}, {{Timestamp{40}, Timestamp{70}, 9}}};
  const auto late = lateness("staff", Timestamp{100}, Timestamp{200}, {}, excuses);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->raw, Duration{100});
  EXPECT_EQ(late->net, Duration{50});  // 20 … 70
  ASSERT_EQ(late->charges.size(), 2U);
  EXPECT_EQ(late->charges[0].kind, "wait");
  EXPECT_EQ(late->charges[1].kind, "outage");
  EXPECT_EQ(late->charges[1].department, "");
  EXPECT_EQ(late->charges[1].entries, (std::vector<ledger::LeafIndex>{9}));
}

TEST(Lateness, TwoOutagesAtOnceCountOnceAndOnlyAfterTheReturnAndBeforeTheEnd) {
  const Excuses excuses{
      {}, {{Timestamp{60}, Timestamp{130}, 1}, {Timestamp{90}, Timestamp{500}, 2}}};
  const auto late = lateness("staff", Timestamp{100}, Timestamp{200}, Timestamp{80}, excuses);
  ASSERT_TRUE(late);
  ASSERT_EQ(late->charges.size(), 2U);
  EXPECT_EQ(late->charges[0].from, Timestamp{80});
  EXPECT_EQ(late->charges[1].to, Timestamp{200});
  EXPECT_EQ(late->net, Duration{0});  // 80 … 200
}

TEST(Deadlines, StatementsStandUntilTheContentChanges) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("OFFICE", "units", october(3, 9));
  {
    const Followed views(ledger);
    const auto task = views.task("units", october(3, 12));
    ASSERT_EQ(task.statements.size(), 2U);
    EXPECT_TRUE(task.statements[0].stands && task.statements[1].stands);
    EXPECT_EQ(task.statements[1].level, "review");
    EXPECT_EQ(task.statements[1].person_name, "Name of OFFICE.reviewer");
    EXPECT_EQ(task.level, "review");
  }
  ledger.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}, {"count", "9"}}}}, october(4, 9));
  const Followed views(ledger);
  const auto task = views.task("units", october(4, 12));
  EXPECT_FALSE(task.statements[0].stands || task.statements[1].stands);
  EXPECT_EQ(task.statements[1].version, 1U);
  EXPECT_EQ(task.current_version, 2U);
  EXPECT_EQ(task.level, "");
  EXPECT_EQ(task.status, "filling");
}

std::vector<std::string> open_tables(const Followed& views) {
  const auto open = views.deadlines().open_tasks();
  if (!open) throw std::runtime_error(open.error().detail);
  std::vector<std::string> tables;
  for (const auto& task : (*open)->tasks) tables.push_back(task.table);
  return tables;
}

TEST(Deadlines, ATableIsOpenWhileItsDepartmentOwesIt) {
  using Tables = std::vector<std::string>;
  TestLedger ledger;
  EXPECT_EQ(open_tables(Followed(ledger)), Tables());
  ledger.assign_and_open(october(2, 8));
  // The others wait for units.
  EXPECT_EQ(open_tables(Followed(ledger)), (Tables{"books", "units"}));
  ledger.fill_and_submit("OFFICE", "units", october(3, 9));
  EXPECT_EQ(open_tables(Followed(ledger)), (Tables{"majors", "staff", "books"}));
  // A change after the submission owes nothing, nor does a return that sets no instant.
  ledger.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}, {"count", "9"}}}}, october(3, 10));
  ledger.fill_and_submit("LIB", "books", october(3, 11));
  EXPECT_EQ(open_tables(Followed(ledger)), (Tables{"majors", "staff"}));
  ledger.approve("LIB.head", "books", "head", october(3, 12));
  ledger.give_back("CENTRE.office", "books", "first_review", october(4, 9), october(8, 0));
  const Followed views(ledger);
  EXPECT_EQ(open_tables(views), (Tables{"majors", "staff", "books"}));
  const auto open = views.deadlines().open_tasks();
  ASSERT_TRUE(open);
  EXPECT_EQ((*open)->tasks.back().due, october(8, 0));
  using Whose = std::pair<std::string, std::string>;
  EXPECT_EQ((*open)->counts, (std::map<Whose, std::uint32_t>{{Whose("2020", "AA"), 1},
                                                             {Whose("2020", "HR"), 1},
                                                             {Whose("2020", "LIB"), 1},
                                                             {Whose("2020", "OFFICE"), 0}}));
  EXPECT_EQ((*open)->as_of, ledger.size());
  EXPECT_EQ(views.deadlines().open_tasks()->get(), open->get());
}

TEST(Deadlines, WhatIsOpenIsReadAgainOnlyAfterWhatMayHaveMovedIt) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  Followed views(ledger);
  const auto now = [&] {
    EXPECT_TRUE(views.views().wait_for(ledger.size(), std::chrono::seconds(20)));
    return views.deadlines().open_tasks().value();
  };
  const auto before = now();
  ledger.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}}}}, october(3, 9));
  ledger.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}, {"count", "2"}}}}, october(3, 10));
  EXPECT_EQ(now().get(), before.get());
  ledger.submit("OFFICE.filler", "units", october(3, 11));
  const auto submitted = now();
  EXPECT_NE(submitted.get(), before.get());
  EXPECT_EQ(submitted->as_of, ledger.size());
  EXPECT_EQ(submitted->tasks.size() + 1, before->tasks.size());
  // It is filled again, though not owed.
  ledger.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}, {"count", "3"}}}}, october(3, 12));
  EXPECT_NE(now().get(), submitted.get());
}

TEST(Deadlines, AReturnEndsStatementsOfTheSameVersion) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("OFFICE", "units", october(3, 9));
  ledger.approve("OFFICE.head", "units", "head", october(3, 10));
  const auto back =
      ledger.give_back("CENTRE.office", "units", "first_review", october(4, 9), october(8, 0));
  const Followed views(ledger);
  const auto task = views.task("units", october(4, 12));
  for (const auto& statement : task.statements) EXPECT_FALSE(statement.stands);
  ASSERT_EQ(task.returns.size(), 1U);
  EXPECT_EQ(task.returns[0].reasons.at(0).column, "count");
  EXPECT_EQ(task.returns[0].reasons.at(0).row, "1");
  EXPECT_EQ(task.due, october(8, 0));
  EXPECT_EQ(task.due_first, october(11, 0));
  ASSERT_EQ(task.moves.size(), 1U);
  EXPECT_EQ(task.moves[0].index, back);
}

TEST(Deadlines, StatesAreThoseOfTheDomainAtEveryPrefix) {
  TestLedger whole;
  whole.assign_and_open(october(2, 8));
  whole.fill_and_submit("OFFICE", "units", october(3, 9));
  const Followed views(whole);
  for (const auto& [key, task] : whole.state().campaigns.at(ledger::CampaignId("2020")).tasks) {
    const auto view = views.task(key.value, october(4, 9));
    EXPECT_EQ(view.status, ledger::to_string(task.status));
    EXPECT_EQ(view.rows, task.rows);
    EXPECT_EQ(view.content_index, task.content_index);
    EXPECT_EQ(view.due, task.due);
  }
}

TEST(Deadlines, MissingTablesAreOverdueAndMovesAreShown) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  const auto moved = ledger.act("CENTRE.office",
                                ledger::MoveDue{ledger::CampaignId("2020"),
                                                {ledger::TableKey("books")},
                                                october(18, 0),
                                                "platform outage"},
                                october(9, 9));
  const Followed views(ledger);
  const auto books = views.task("books", october(17, 0));
  EXPECT_FALSE(books.raw_late);
  ASSERT_EQ(books.moves.size(), 1U);
  EXPECT_EQ(books.moves[0].index, moved);
  EXPECT_EQ(books.moves[0].reason, "platform outage");
  EXPECT_EQ(books.moves[0].person, "p-CENTRE.office");

  // HR still waits for the units, which are late themselves.
  const auto now = october(13, 0);
  const auto staff = views.task("staff", now);
  EXPECT_EQ(staff.status, "blocked");
  EXPECT_EQ(staff.blocked_by, std::vector<std::string>{"units"});
  EXPECT_EQ(staff.raw_late, Duration::hours(24));
  EXPECT_EQ(staff.net_late, Duration::hours(0));
  EXPECT_EQ(views.task("units", now).net_late, Duration::hours(48));

  const auto departments = views.deadlines().departments("2020", now).value();
  ASSERT_EQ(departments.size(), 4U);
  EXPECT_EQ(departments[0].department, "AA");
  EXPECT_EQ(departments[0].state, "waiting_upstream");
  EXPECT_EQ(departments[0].late_raw, 1U);
  EXPECT_EQ(departments[0].late_net, 0U);
  EXPECT_EQ(departments[3].department, "OFFICE");
  EXPECT_EQ(departments[3].state, "filling_base");
  EXPECT_EQ(departments[3].late_net, 1U);
  const auto campaign = views.deadlines().campaign("2020", now).value();
  EXPECT_EQ(campaign.tasks, 4U);
  EXPECT_EQ(campaign.overdue, 3U);
  EXPECT_EQ(campaign.phases_open, std::vector<std::string>{"base_entry"});
  EXPECT_EQ(views.deadlines().campaign("2019", now).error().code, ledger::Errc::not_found);
}

TEST(Deadlines, TheLastDueInstantIsTheLatestInForceThatHasPassed) {
  TestLedger ledger;
  const auto last_due = [&ledger](Timestamp until) {
    return Followed(ledger).deadlines().last_due(until).value();
  };
  EXPECT_FALSE(last_due(october(31, 0)));
  ledger.assign_and_open(october(2, 8));
  EXPECT_FALSE(last_due(Timestamp{october(11, 0).micros - 1}));
  EXPECT_EQ(last_due(october(11, 0)), october(11, 0));
  EXPECT_EQ(last_due(october(15, 0)), october(12, 0));
  EXPECT_EQ(last_due(october(17, 0)), october(16, 0));
  const ledger::MoveDue moved{
      ledger::CampaignId("2020"), {ledger::TableKey("books")}, october(18, 0), "platform outage"};
  ledger.act("CENTRE.office", moved, october(9, 9));
  EXPECT_EQ(last_due(october(17, 0)), october(12, 0));
  EXPECT_EQ(last_due(october(31, 0)), october(18, 0));
}

TEST(Deadlines, DepartmentsAreReviewedThenSigned) {
  TestLedger ledger;
  ledger.assign_and_open(october(2, 8));
  ledger.fill_and_submit("OFFICE", "units", october(3, 9));
  {
    const Followed views(ledger);
    EXPECT_EQ(views.deadlines().departments("2020", october(4, 0)).value()[3].state, "reviewed");
  }
  ledger.approve("OFFICE.head", "units", "head", october(4, 9));
  const Followed views(ledger);
  EXPECT_EQ(views.deadlines().departments("2020", october(5, 0)).value()[3].state, "signed");
}

}  // namespace
}  // namespace countersign::projections
