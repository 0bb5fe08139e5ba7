// Indicators over the tables, edits that move them across their marks, and plans, as the views tell
// them.
#include "projections/indicators/queries.h"
#include "projections/projector.h"
#include "projections/view_store.h"
#include "tests/projections/followed.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::CampaignDefinition;
using ledger::CampaignId;
using ledger::IndicatorResult;
using ledger::LeafIndex;
using ledger::TableKey;

ledger::Quantity quantity(const std::string& id, const std::string& table, const std::string& sum) {
  ledger::Quantity made;
  made.id = id;
  made.name = made.unit = {id, id};
  made.reads = {TableKey(table)};
  made.sql = "SELECT " + sum + " AS value, '" + table +
             "' AS \"table\", _key AS row, 'money' AS \"column\" FROM " + table;
  return made;
}

ledger::Indicator indicator(const std::string& id, const std::string& formula, double pass) {
  ledger::Indicator made;
  made.id = id;
  made.name = made.unit = {id, id};
  made.decimals = 3;
  made.quantities = {"students", "teachers", "externals"};
  made.formula = formula;
  made.lower_is_better = true;
  made.marks = {{"normal", pass, pass + 4}};
  made.department = ledger::DepartmentId("HR");
  return made;
}

// Students in units, teachers in staff, external teachers in books; 20,610 and 1,040 and 208 make
// 18.016, two external teachers more exactly 18.
void with_indicators(CampaignDefinition& campaign) {
  campaign.school_type = "normal";
  campaign.bodies.resize(1);
  campaign.bodies[0].id = ledger::BodyId("group");
  campaign.bodies[0].name = {"领导小组", "leading group"};
  campaign.bodies[0].role = ledger::Role::centre_office;
  campaign.bodies[0].decides_plans = true;
  campaign.bodies[0].again_through = ledger::LevelId("head");
  campaign.quantities = {quantity("students", "units", "money"),
                         quantity("teachers", "staff", "money"),
                         quantity("externals", "books", "money")};
  campaign.indicators = {
      indicator("ratio", "students / (teachers + 0.5 * externals)", 18),
      indicator("share", "students / externals", 1),
  };
  campaign.indicators[1].alternative =
      ledger::AlternativePass{{"另", "other"}, "students > 20000 AND teachers > 1000"};
}

class IndicatorViews : public ::testing::Test {
 protected:
  void start(const std::string& externals = "208") {
    ledger_.redefine(&with_indicators, october(1, 12));
    ledger_.assign_and_open(october(2, 8));
    fill("OFFICE", "units",
         {{"1", {{"no", "1"}, {"money", "20000.4"}}}, {"2", {{"no", "2"}, {"money", "609.6"}}}});
    fill("HR", "staff", {{"1", {{"no", "1"}, {"money", "1040"}}}});
    fill("LIB", "books", {{"1", {{"no", "1"}, {"money", externals}}}});
  }
  void fill(const std::string& department, const std::string& table,
            const std::map<std::string, ledger::Cells>& rows) {
    ledger_.edit(department + ".filler", table, rows, october(9, 9));
    pass(department, table, october(9, 10));
  }
  void pass(const std::string& department, const std::string& table, ledger::Timestamp at) {
    ledger_.submit(department + ".filler", table, at);
    ledger_.approve(department + ".reviewer", table, "review", at);
    ledger_.approve(department + ".head", table, "head", at);
    ledger_.approve("CENTRE.office", table, "first_review", at);
  }
  // What the views make of the tables, recorded as the service does.
  LeafIndex compute(ledger::Timestamp at) {
    Followed views(ledger_);
    const auto& defined = ledger_.state().directory->campaigns.at(CampaignId("2020"));
    auto figures = views.views().indicators().evaluate(*defined.definition, {}).value();
    ledger::RecordIndicators command;
    command.campaign = CampaignId("2020");
    command.computed_at = figures.as_of;
    command.definition_revision = defined.revision;
    for (const char* table : {"books", "staff", "units"}) {
      const auto* task = ledger_.state().task(command.campaign, TableKey(table));
      command.inputs.push_back({TableKey(table), *task->submitted_version});
    }
    command.quantities = figures.evaluation.quantities;
    command.indicators = figures.evaluation.indicators;
    return ledger_.act("system", command, at);
  }
  const ledger::Indicator& defined(const std::string& id) const {
    return *ledger_.state().directory->campaign(CampaignId("2020"))->indicator(id);
  }
  IndicatorHistory history(const std::string& id = "ratio") {
    Followed views(ledger_);
    return views.views().indicators().history("2020", defined(id)).value();
  }
  ledger::IndicatorValue value(const std::string& id = "ratio") {
    return history(id).computations.at(0).indicators.at(0);
  }
  // Rows of external teachers, one a row.
  LeafIndex add(const std::vector<std::string>& keys, int hour, bool imported = false) {
    std::map<std::string, ledger::Cells> rows;
    for (const auto& key : keys) rows[key] = {{"no", key}, {"money", "1"}};
    return ledger_.edit("LIB.filler", "books", rows, october(11, hour), "", imported);
  }

  TestLedger ledger_;
};

TEST_F(IndicatorViews, ComparesUnroundedAndPassesAtTheMarkItself) {
  start();
  compute(october(10, 9));
  EXPECT_NEAR(value().value.value(), 18.0157, 0.0001);
  EXPECT_EQ(value().result, IndicatorResult::fails);
  add({"2", "3"}, 9);
  pass("LIB", "books", october(11, 10));
  compute(october(12, 9));
  EXPECT_EQ(value().value, 18.0) << "sums of parts lose nothing";
  EXPECT_EQ(value().result, IndicatorResult::passes);
}

TEST_F(IndicatorViews, WhatMissesItsMarkMayPassByTheAlternative) {
  start();
  compute(october(10, 9));
  EXPECT_EQ(value("share").result, IndicatorResult::passes_by_alternative);
}

TEST_F(IndicatorViews, BeyondTheSecondLineIsRestricted) {
  ledger_.redefine(&with_indicators, october(1, 12));
  ledger_.redefine(
      [](CampaignDefinition& campaign) {
        campaign.indicators[0].marks = {{"normal", 10, 15}};
        campaign.indicators[0].version = 2;
      },
      october(1, 13));
  ledger_.assign_and_open(october(2, 8));
  fill("OFFICE", "units", {{"1", {{"no", "1"}, {"money", "20610"}}}});
  fill("HR", "staff", {{"1", {{"no", "1"}, {"money", "1040"}}}});
  fill("LIB", "books", {{"1", {{"no", "1"}, {"money", "208"}}}});
  compute(october(10, 9));
  EXPECT_EQ(value().result, IndicatorResult::restricted);
}

TEST_F(IndicatorViews, ADivisionByNothingIsUndefinedAndNeverPasses) {
  start();
  ledger_.redefine(
      [](CampaignDefinition& campaign) {
        campaign.indicators[0].formula = "students / (teachers - 1040)";
        campaign.indicators[0].version = 2;
      },
      october(10, 8));
  compute(october(10, 9));
  EXPECT_EQ(value().result, IndicatorResult::undefined);
  EXPECT_FALSE(value().value);
}

TEST_F(IndicatorViews, ABrokenQuantityIsReportedAndLeavesItsIndicatorsUndefined) {
  start();
  ledger_.redefine(
      [](CampaignDefinition& campaign) {
        campaign.quantities[1].sql = "SELECT nothing FROM staff";
        campaign.quantities[1].version = 2;
      },
      october(10, 8));
  Followed views(ledger_);
  const auto& campaign = *ledger_.state().directory->campaign(CampaignId("2020"));
  const auto evaluation = views.views().indicators().evaluate(campaign, {}).value().evaluation;
  EXPECT_TRUE(evaluation.broken.contains("teachers"));
  EXPECT_TRUE(evaluation.broken.contains("ratio"));
  EXPECT_EQ(evaluation.quantities.size(), 2U);
  EXPECT_EQ(evaluation.indicators[0].result, IndicatorResult::undefined);
}

TEST_F(IndicatorViews, NamesTheInputsAndWhetherTheyAreStillCurrent) {
  start();
  const LeafIndex computed = compute(october(10, 9));
  add({"2"}, 9);
  Followed views(ledger_);
  const auto last = views.views().indicators().last("2020").value().computation.value();
  EXPECT_EQ(last.index, computed);
  ASSERT_EQ(last.inputs.size(), 3U);
  EXPECT_EQ(last.inputs[0].table, "books");
  EXPECT_EQ(last.inputs[0].version, 1U);
  EXPECT_EQ(last.inputs[0].current_version, 2U);
  EXPECT_FALSE(last.inputs[0].current);
  EXPECT_TRUE(last.inputs[1].current);
}

TEST_F(IndicatorViews, TwoEditsThatCrossTheMarkTogetherAreBothNamed) {
  start();
  const LeafIndex computed = compute(october(10, 9));
  const LeafIndex first = add({"2"}, 9);
  const LeafIndex second = add({"3"}, 10);
  const auto crossings = history().crossings;
  ASSERT_EQ(crossings.size(), 1U);
  const Crossing& crossing = crossings.front();
  EXPECT_EQ(crossing.edit.by.index, second);
  EXPECT_EQ(crossing.edit.by.person, "p-LIB.filler");
  EXPECT_EQ(crossing.edit.result_before, "fails");
  EXPECT_EQ(crossing.edit.result_after, "passes");
  EXPECT_EQ(crossing.edit.after, 18.0);
  EXPECT_EQ(crossing.after_level, "first_review");
  EXPECT_EQ(crossing.before_body, "group");
  EXPECT_EQ(crossing.after_body, "");
  ASSERT_EQ(crossing.contributing.size(), 2U);
  EXPECT_EQ(crossing.contributing[0].by.index, first);
  EXPECT_FALSE(crossing.contributing[0].crossed);
  EXPECT_EQ(crossing.contributing[0].after, crossing.contributing[1].before);
  EXPECT_EQ(crossing.contributing[1].changes.size(), 2U);
  EXPECT_EQ(crossing.contributing[1].changes[0].column, "money");
  EXPECT_EQ(crossing.contributing[1].changes[0].to, "1");

  Followed views(ledger_);
  const auto facts = views.facts("F10");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_FALSE(facts[0].counts) << "shown, never a fault by itself";
  EXPECT_EQ(facts[0].department, "LIB");
  EXPECT_EQ(facts[0].after, "level:first_review");
  EXPECT_EQ(facts[0].count, 2U);
  EXPECT_EQ(facts[0].entries, (std::vector<LeafIndex>{computed, first, second}));
}

TEST_F(IndicatorViews, AnImportIsOneEditAndAWayBackIsACrossingToo) {
  start();
  compute(october(10, 9));
  const LeafIndex imported = add({"2", "3"}, 9, true);
  ledger_.edit("LIB.filler", "books", {{"3", {}}}, october(11, 10), "left");
  const auto crossings = history().crossings;
  ASSERT_EQ(crossings.size(), 2U);
  EXPECT_EQ(crossings[1].edit.by.index, imported);
  EXPECT_EQ(crossings[1].contributing.size(), 1U);
  EXPECT_EQ(crossings[1].edit.cells, 4U);
  EXPECT_EQ(Followed(ledger_).fact("F10-" + std::to_string(imported) + "-ratio").count, 4U);
  EXPECT_EQ(crossings[0].edit.result_after, "fails");
  EXPECT_EQ(crossings[0].contributing.size(), 2U);
  EXPECT_TRUE(history("share").crossings.empty());
}

TEST_F(IndicatorViews, EditsBeforeAnyComputationOrOfOtherTablesCrossNothing) {
  start();
  add({"2", "3"}, 9);
  pass("LIB", "books", october(11, 10));
  compute(october(12, 9));
  ledger_.edit("AA.filler", "majors", {{"1", {{"no", "1"}}}}, october(12, 10));
  EXPECT_TRUE(history().crossings.empty());
}

TEST_F(IndicatorViews, ANewFormulaIsNobodysEdit) {
  start();
  compute(october(10, 9));
  ledger_.redefine(
      [](CampaignDefinition& campaign) {
        campaign.indicators[0].formula = "students / (teachers + externals)";
        campaign.indicators[0].version = 2;
      },
      october(10, 10));
  add({"2"}, 9);
  EXPECT_TRUE(history().crossings.empty()) << "16.5 before and after, by the new formula";
}

TEST_F(IndicatorViews, LeadsDownToTheCellsAndTheEntriesThatGaveThemTheirValues) {
  start();
  compute(october(10, 9));
  const LeafIndex edit = ledger_.edit("OFFICE.filler", "units",
                                      {{"2", {{"no", "2"}, {"money", "610"}}}}, october(11, 9));
  Followed views(ledger_);
  const auto& campaign = *ledger_.state().directory->campaign(CampaignId("2020"));
  const auto& students = *campaign.quantity("students");
  const auto& queries = views.views().indicators();
  const auto now = queries.cells(campaign, students, {}, {.after = "", .limit = 1}).value();
  EXPECT_EQ(now.total, 2U);
  ASSERT_EQ(now.page.rows.size(), 1U);
  const auto rest = queries.cells(campaign, students, {}, {.after = now.page.next}).value();
  ASSERT_EQ(rest.page.rows.size(), 1U);
  EXPECT_TRUE(rest.page.next.empty());
  EXPECT_EQ(rest.page.rows[0].text, "610");
  EXPECT_EQ(rest.page.rows[0].index, edit);
  const auto last = queries.last("2020").value().computation.value();
  const auto then = queries.cells(campaign, students, last.computed_at, {}).value();
  ASSERT_EQ(then.page.rows.size(), 2U);
  EXPECT_EQ(then.page.rows[1].text, "609.6");
  EXPECT_LT(then.page.rows[1].index, edit);
  EXPECT_EQ(then.page.rows[0].cited.value + then.page.rows[1].cited.value, 20610.0);
}

TEST_F(IndicatorViews, APlanKeepsEveryDraftAndWhatWasDecidedOfIt) {
  start();
  compute(october(10, 9));
  const ledger::DraftPlan draft{
      CampaignId("2020"), "ratio", {{"1", "two left", "hire two", "HR", october(30, 0)}}};
  ledger_.act("HR.head", draft, october(11, 9));
  ledger_.act("CENTRE.office",
              ledger::DecidePlan{CampaignId("2020"), "ratio", 9, {{"1", false, "when?"}}},
              october(11, 10));
  ledger_.act("HR.filler", draft, october(11, 11));
  Followed views(ledger_);
  const auto plans = views.views().indicators().plans("2020").value().plans;
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].status, "drafted");
  EXPECT_FALSE(plans[0].settled);
  ASSERT_EQ(plans[0].drafts.size(), 2U);
  EXPECT_EQ(plans[0].drafts[0].items[0].measure, "hire two");
  ASSERT_TRUE(plans[0].drafts[0].decision);
  EXPECT_FALSE(plans[0].drafts[0].decision->accepted);
  EXPECT_EQ(plans[0].drafts[0].decision->items[0].reason, "when?");
  EXPECT_EQ(plans[0].drafts[1].by.person, "p-HR.filler");
  EXPECT_FALSE(plans[0].drafts[1].decision);
}

TEST_F(IndicatorViews, ADepartmentThatOwesAPlanIsExplainingAndItsTableSaysSo) {
  start();
  const auto state = [&] {
    const Followed views(ledger_);
    const auto departments = views.deadlines().departments("2020", october(12, 0)).value();
    for (const auto& line : departments) {
      if (line.department == "HR") return line.state;
    }
    return std::string();
  };
  const auto stands = [&](const std::string& table) {
    return Followed(ledger_).task(table, october(12, 0)).process_state;
  };
  EXPECT_EQ(state(), "signed");
  EXPECT_EQ(stands("staff"), "approved:first_review");
  compute(october(10, 9));
  EXPECT_EQ(state(), "explaining");
  EXPECT_EQ(stands("staff"), "plan_due");
  EXPECT_EQ(stands("units"), "analysed") << "the plan is another department's";
  EXPECT_EQ(stands("majors"), "open");
  ledger_.act(
      "HR.head",
      ledger::DraftPlan{
          CampaignId("2020"), "ratio", {{"1", "two left", "hire two", "HR", october(30, 0)}}},
      october(11, 9));
  EXPECT_EQ(state(), "signed");
  EXPECT_EQ(stands("staff"), "plan_drafted");
}

TEST_F(IndicatorViews, APlanThatNobodyNeedsAnyMoreIsOwedByNobody) {
  start();
  compute(october(10, 9));
  const auto explaining = [&] {
    const Followed views(ledger_);
    const auto departments = views.deadlines().departments("2020", october(13, 0)).value();
    return std::ranges::any_of(departments,
                               [](const auto& line) { return line.state == "explaining"; });
  };
  EXPECT_TRUE(explaining());
  add({"2", "3"}, 9);
  pass("LIB", "books", october(11, 10));
  EXPECT_TRUE(explaining());
  compute(october(12, 9));
  EXPECT_EQ(value().result, IndicatorResult::passes);
  EXPECT_FALSE(explaining());
  EXPECT_EQ(Followed(ledger_).task("staff", october(13, 0)).process_state, "analysed");
}

TEST_F(IndicatorViews, RebuiltFromNothingEqualsStepByStep) {
  start();
  compute(october(10, 9));
  add({"2"}, 9);
  add({"3"}, 10);
  ledger_.act(
      "HR.head",
      ledger::DraftPlan{
          CampaignId("2020"), "ratio", {{"1", "two left", "hire two", "HR", october(30, 0)}}},
      october(11, 11));
  ViewsDirectory directory;
  const auto apply = [&](const std::string& name, std::size_t at_once) {
    const auto store = ViewStore::open(directory.file(name), Projector::schema(), 1).value();
    const auto projector = Projector::resume(ledger_.reader(), *store).value();
    while (projector->apply_next(at_once)) {
    }
    EXPECT_EQ(projector->applied(), ledger_.size());
  };
  apply("steps.sqlite", 1);
  apply("whole.sqlite", 2000);
  EXPECT_EQ(dump(directory.file("steps.sqlite")), dump(directory.file("whole.sqlite")));
}

}  // namespace
}  // namespace countersign::projections
