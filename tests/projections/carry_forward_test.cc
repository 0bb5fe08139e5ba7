// What became of carried rows, what persons ask to have corrected, and who asked for what was held.
#include "projections/carry_forward/queries.h"
#include "projections/subjects/queries.h"
#include "tests/projections/followed.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::LeafIndex;
using ledger::RowKey;
using ledger::TableKey;

const std::string kHolder = "p-LIB.head";  // a person's number in tables, too

// Four rows of books are carried by the office; one is confirmed, one changed, one removed, one
// left as it is, and one is new.
class CarriedBooks : public ::testing::Test {
 protected:
  CarriedBooks() {
    ledger_.assign_and_open(october(2, 8));
    const auto source = ledger_.submit_before("LIB", "books", october(2, 9));
    carried_ = ledger_.carry("CENTRE.office", "books",
                             {{"a", {{"no", "a"}, {"count", "1"}}},
                              {"b", {{"no", "b"}, {"count", "2"}, {"name", "旧"}}},
                              {"c", {{"no", "c"}}},
                              {kHolder, {{"no", kHolder}, {"name", "人"}}}},
                             october(3, 8), source);
    confirmed_ = ledger_.act("LIB.filler", confirm({"a"}, false), october(3, 9));
    changed_ =
        ledger_.edit("LIB.filler", "books",
                     {{"b", {{"no", "b"}, {"count", "5"}, {"money", "2.5"}}}, {"n", {{"no", "n"}}}},
                     october(3, 10));
    ledger_.edit("LIB.filler", "books", {{"c", {}}}, october(3, 11), "已剔旧");
  }

  static ledger::ConfirmRows confirm(const std::vector<std::string>& keys, bool bulk) {
    ledger::ConfirmRows command{kCampaign, TableKey("books"), {}, bulk};
    for (const auto& key : keys) command.rows.emplace_back(key);
    return command;
  }

  TestLedger ledger_;
  LeafIndex carried_ = 0, confirmed_ = 0, changed_ = 0;
};

TEST_F(CarriedBooks, EveryRowIsOneOfFive) {
  const Followed views(ledger_);
  const auto& queries = views.carry_forward();
  const auto table = queries.table("2020", "books").value();
  EXPECT_EQ(table.rows, 4U);
  EXPECT_EQ(table.untouched, 1U);
  EXPECT_EQ(table.confirmed_singly, 1U);
  EXPECT_EQ(table.confirmed_in_bulk, 0U);
  EXPECT_EQ(table.changed, 1U);
  EXPECT_EQ(table.removed, 1U);
  EXPECT_EQ(table.added, 1U);
  EXPECT_EQ(table.cells_held, 8U);
  EXPECT_EQ(table.cells_changed, 3U);  // count, name, money
  ASSERT_TRUE(table.from);
  EXPECT_EQ(table.from->index, carried_);
  EXPECT_EQ(table.from->campaign, "2019");
  EXPECT_EQ(table.from->version, 1U);
  EXPECT_EQ(table.from->new_items, std::vector<std::string>{"money"});
  EXPECT_EQ(table.from->unfit.at("count"), 2U);
  EXPECT_EQ(table.from->left_out, 1U);
  EXPECT_FALSE(queries.table("2020", "units").value().from);

  std::vector<std::string> told;
  PageRequest page{"", 2};
  while (true) {
    const auto rows = queries.rows("2020", "books", "", page).value();
    for (const auto& row : rows.rows) told.push_back(row.key + " " + row.state);
    if (rows.next.empty()) break;
    page.after = rows.next;
  }
  EXPECT_EQ(told, (std::vector<std::string>{"a confirmed", "b changed", "c removed",
                                            kHolder + " untouched", "n new"}));
  const auto removed = queries.rows("2020", "books", "removed", {}).value().rows;
  ASSERT_EQ(removed.size(), 1U);
  EXPECT_EQ(removed[0].reason, "已剔旧");
  EXPECT_EQ(queries.rows("2020", "books", "confirmed", {}).value().rows.at(0).index, confirmed_);
  EXPECT_EQ(queries.last_submitted("2019", "books").value()->version, 1U);
  EXPECT_FALSE(queries.last_submitted("2019", "units").value());
}

TEST_F(CarriedBooks, WhatWasConfirmedInBulkSaysSoAndAChangeEndsIt) {
  const auto bulk = ledger_.act("LIB.filler", confirm({kHolder}, true), october(3, 12));
  {
    const Followed views(ledger_);
    const auto table = views.carry_forward().table("2020", "books").value();
    EXPECT_EQ(table.untouched, 0U);
    EXPECT_EQ(table.confirmed_in_bulk, 1U);
    const auto row =
        views.carry_forward().rows("2020", "books", "confirmed", {}).value().rows.at(1);
    EXPECT_TRUE(row.bulk);
    EXPECT_EQ(row.index, bulk);
  }
  ledger_.edit("LIB.filler", "books", {{"a", {{"no", "a"}, {"count", "9"}}}}, october(3, 13));
  const Followed views(ledger_);
  const auto table = views.carry_forward().table("2020", "books").value();
  EXPECT_EQ(table.confirmed_singly, 0U);
  EXPECT_EQ(table.changed, 2U);
}

TEST_F(CarriedBooks, WhoOnlyCarriedIsNoEditorOfWhatHePasses) {
  ledger_.submit("LIB.filler", "books", october(4, 8));
  ledger_.approve("LIB.reviewer", "books", "review", october(4, 9));
  ledger_.approve("LIB.head", "books", "head", october(4, 10));
  ledger_.approve("CENTRE.office", "books", "first_review", october(4, 11));
  const Followed views(ledger_);
  EXPECT_TRUE(views.facts("F11").empty());
  EXPECT_TRUE(views.facts("F9").empty());
}

TEST_F(CarriedBooks, PersonsSeeTheirRowsAndTheirRequestsAreAnswered) {
  const auto asked = ledger_.act(
      "LIB.head",
      ledger::RequestCorrection{kCampaign, TableKey("books"), RowKey(kHolder), "name", "姓名有误"},
      october(4, 8));
  const auto fixed = ledger_.edit("LIB.filler", "books",
                                  {{kHolder, {{"no", kHolder}, {"name", "改"}}}}, october(4, 9));
  const auto answered = ledger_.act(
      "LIB.reviewer",
      ledger::AnswerCorrection{kCampaign, TableKey("books"), asked, true, "属实", fixed},
      october(4, 10));
  const Followed views(ledger_);
  const auto& queries = views.subjects();
  const auto rows = queries.rows_about("2020", "books", "no", kHolder).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].row.cells.at("name"), "改");
  EXPECT_EQ(rows[0].changed_at, october(4, 9));
  EXPECT_EQ(rows[0].changed_by, "LIB");
  EXPECT_TRUE(queries.rows_about("2020", "books", "no", "nobody").value().empty());
  EXPECT_FALSE(queries.rows_about("2020", "books", "none", kHolder));

  const auto all = queries.corrections({"2020", "books", ""}, {}).value().rows;
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].index, asked);
  EXPECT_EQ(all[0].person, "p-LIB.head");
  EXPECT_EQ(all[0].text, "姓名有误");
  ASSERT_TRUE(all[0].answer);
  EXPECT_EQ(all[0].answer->index, answered);
  EXPECT_TRUE(all[0].answer->granted);
  EXPECT_EQ(all[0].answer->change, fixed);
  EXPECT_TRUE(queries.corrections({"2020", "", "p-LIB.filler"}, {}).value().rows.empty());
  EXPECT_TRUE(queries.changes(fixed, "2020", "books", kHolder).value());
  EXPECT_FALSE(queries.changes(changed_, "2020", "books", kHolder).value());
  EXPECT_FALSE(queries.correction("2020", "books", answered));
}

TEST_F(CarriedBooks, IsTheSameBuiltStepByStepAndAtOnce) {
  ledger_.act("LIB.filler", confirm({kHolder}, true), october(3, 12));
  ViewsDirectory step_by_step;
  ViewsDirectory at_once;
  for (const auto& [file, entries] : {std::pair(step_by_step.file(), std::size_t{1}),
                                      std::pair(at_once.file(), std::size_t{2000})}) {
    const auto views =
        Views::open(ledger_.reader(), {.file = file, .batch_entries_max = entries}).value();
    ASSERT_TRUE(views->wait_for(ledger_.size(), std::chrono::seconds(20)));
  }
  EXPECT_EQ(dump(step_by_step.file()), dump(at_once.file()));
  EXPECT_NE(dump(at_once.file()).find("carried_rows: "), std::string::npos);
}

// The table staff holds counts, which LIB supplies with its part.
class AskedAgain : public ::testing::Test {
 protected:
  AskedAgain() {
    ledger_.assign_and_open(october(2, 8));
    ledger_.fill_and_submit("OFFICE", "units", october(3, 8));
  }
  void hold(const std::string& count) {
    ledger_.edit("HR.filler", "staff",
                 {{"1", {{"no", "1"}, {"count", count}}}, {"2", {{"no", "2"}, {"name", "x"}}}},
                 october(4, 8));
  }
  LeafIndex ask(std::vector<std::string> items = {}, const std::string& who = "HR.filler") {
    ledger::RequestAssist command{
        kCampaign, TableKey("staff"), "books", ledger::DepartmentId("LIB"), october(9, 8), "again"};
    command.changed_items = std::move(items);
    return ledger_.act(who, command, october(4, 9));
  }
  LeafIndex deliver() {
    return ledger_.act("LIB.filler",
                       ledger::DeliverAssist{kCampaign, TableKey("staff"), "books", false},
                       october(5, 9));
  }
  TestLedger ledger_;
};

TEST_F(AskedAgain, ForWhatIsHeldIsAFactOfTheAsker) {
  hold("7");
  const auto asked = ask();
  deliver();
  const Followed views(ledger_);
  const auto facts = views.facts("F12");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].department, "HR");
  EXPECT_EQ(facts[0].person, "p-HR.filler");
  EXPECT_EQ(facts[0].count, 1U);  // a count of one row; names are nobody's to supply
  EXPECT_TRUE(facts[0].counts);
  EXPECT_EQ(facts[0].entries, std::vector<LeafIndex>{asked});
}

TEST_F(AskedAgain, ByTheOfficeIsTheOfficesOwnFact) {
  hold("7");
  ask({}, "CENTRE.office");
  EXPECT_EQ(Followed(ledger_).facts("F12").at(0).department, "CENTRE");
}

TEST_F(AskedAgain, ForWhatNobodyHoldsOrIsSaidToHaveChangedIsNone) {
  ask();  // no row yet
  ledger_.edit("HR.filler", "staff", {{"2", {{"no", "2"}, {"name", "x"}}}}, october(4, 10));
  ask();  // rows, and nothing in the part's column
  hold("7");
  ask({"count"});
  EXPECT_TRUE(Followed(ledger_).facts("F12").empty());
}

TEST_F(AskedAgain, DoesNotCountWhenTheDeliveryShowsAChange) {
  hold("7");
  const auto asked = ask();
  const auto changed =
      ledger_.edit("HR.filler", "staff", {{"1", {{"no", "1"}, {"count", "8"}}}}, october(4, 12));
  EXPECT_TRUE(Followed(ledger_).facts("F12").at(0).counts)
      << "the owner's own change shows nothing";
  const auto theirs = ledger_.edit_columns("LIB.filler", "staff", {"count"},
                                           {{"1", {{"no", "1"}, {"count", "9"}}}}, october(5, 8));
  EXPECT_TRUE(Followed(ledger_).facts("F12").at(0).counts) << "not delivered yet";
  const auto delivered = deliver();
  const auto fact = Followed(ledger_).facts("F12").at(0);
  EXPECT_FALSE(fact.counts);
  EXPECT_EQ(fact.entries, (std::vector<LeafIndex>{asked, theirs, delivered}));
  EXPECT_LT(asked, changed);
}

}  // namespace
}  // namespace countersign::projections
