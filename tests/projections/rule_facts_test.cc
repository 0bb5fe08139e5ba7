// What runs, explanations and withdrawals become: findings with their states, and the facts F5, F6,
// F8 and F4 that rest on rules.
#include "projections/projector.h"
#include "projections/rules/queries.h"
#include "tests/projections/followed.h"

namespace countersign::projections {
namespace {

using ledger::RuleFinding;
using ledger::RuleKind;
using ledger::RuleOutcome;
using ledger::Severity;
using ledger::TableKey;

// Rules over books: B1 blocking; W1 a warning; X1 a warning that compares with units, another
// unit's table.
class RuleFacts : public ::testing::Test {
 protected:
  RuleFacts() {
    ledger_.assign_and_open(october(2, 8));
    ledger_.redefine(
        [](ledger::CampaignDefinition& next) {
          next.rules = {rule("B1", Severity::blocking, RuleKind::within_record),
                        rule("W1", Severity::warning, RuleKind::within_record),
                        rule("X1", Severity::warning, RuleKind::existence)};
          next.rules[2].checks[0].reads = {TableKey("units")};
        },
        october(2, 9));
    ledger_.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}}}}, october(3, 9));
    fill(1, october(4, 9));
  }

  static ledger::Rule rule(const std::string& id, Severity severity, RuleKind kind) {
    ledger::Rule made;
    made.id = id;
    made.kind = kind;
    made.severity = severity;
    made.name = {id, id};
    made.author = ledger::DepartmentId("AA");
    made.checks = {{TableKey("books"), {}, {}, "SELECT _key AS row FROM books"}};
    return made;
  }
  void fill(int count, ledger::Timestamp at) {
    ledger_.edit("LIB.filler", "books",
                 {{"1", {{"no", "1"}, {"count", std::to_string(count)}}}, {"2", {{"no", "2"}}}},
                 at);
  }
  ledger::VersionRef version() const {
    const auto& task = *ledger_.state().task(kCampaign, TableKey("books"));
    ledger::VersionRef version{task.draft, {}, task.rows};
    version.hash.fill(static_cast<std::uint8_t>(task.draft));
    return version;
  }
  // A run that found these; `open` of each rule as given.
  ledger::LeafIndex run(std::vector<RuleFinding> findings,
                        const std::map<std::string, std::uint64_t>& open, ledger::Timestamp at) {
    ledger::RecordValidation command;
    command.campaign = kCampaign;
    command.table = TableKey("books");
    command.version = version();
    command.computed_at = ledger_.size();
    command.definition_revision =
        ledger_.state().directory->campaigns.at(command.campaign).revision;
    for (const auto& entry : open) {
      const std::string& id = entry.first;
      const auto count = static_cast<std::uint64_t>(std::count_if(
          findings.begin(), findings.end(), [&](const auto& one) { return one.rule == id; }));
      command.outcomes.push_back({id,
                                  1,
                                  id == "B1" ? Severity::blocking : Severity::warning,
                                  count,
                                  entry.second,
                                  false,
                                  {}});
    }
    command.findings = std::move(findings);
    return ledger_.act("system", command, at);
  }
  static RuleFinding finding(const std::string& rule, const std::string& row) {
    return {rule, ledger::RowKey(row), "count", "7 <> 9"};
  }
  ledger::LeafIndex explain(const std::string& rule, std::uint64_t covers, ledger::Timestamp at,
                            const std::optional<ledger::RowKey>& row = {}) {
    ledger::ExplainFinding command;
    command.campaign = kCampaign;
    command.table = TableKey("books");
    command.rule = rule;
    command.row = row;
    command.column = row ? "count" : "";
    command.covers = covers;
    command.reason = "counted twice a year";
    return ledger_.act("LIB.filler", command, at);
  }
  void answer(ledger::LeafIndex index, bool accepted, ledger::Timestamp at) {
    ledger_.act("LIB.reviewer",
                ledger::DecideExplanation{kCampaign, TableKey("books"), index, accepted, "checked"},
                at);
  }
  ledger::LeafIndex withdraw(const std::string& id, ledger::Timestamp at) {
    return ledger_.act("CENTRE.office", ledger::WithdrawRule{kCampaign, id, 1, "wrong years"}, at);
  }
  static std::vector<std::string> states(Followed& views, ledger::LeafIndex run) {
    std::vector<std::string> all;
    const auto page = views.views().rules().findings(run, "", {}).value();
    for (const auto& one : page.rows) all.push_back(one.rule + " " + *one.row + " " + one.state);
    return all;
  }

  TestLedger ledger_;
};

using States = std::vector<std::string>;

TEST_F(RuleFacts, FindingsHaveTheStateOfTheExplanationThatSpeaksOfThem) {
  const auto first = run({finding("B1", "1"), finding("B1", "2"), finding("W1", "1")},
                         {{"B1", 2}, {"W1", 1}}, october(5, 9));
  const auto whole = explain("B1", 2, october(5, 10));
  const auto single = explain("W1", 1, october(5, 11), ledger::RowKey("1"));
  {
    Followed views(ledger_);
    EXPECT_EQ(states(views, first), (States{"B1 1 explained", "B1 2 explained", "W1 1 explained"}));
    const auto& rules = views.views().rules();
    EXPECT_EQ(rules.unexplained("2020", "books", "B1", {}, "").value(), 0U);
    EXPECT_EQ(rules.unexplained("2020", "books", "W1", "1", "count").value(), 0U);
  }
  answer(whole, true, october(5, 12));
  answer(single, false, october(5, 12));
  // A whole-rule explanation goes on for the places that its own run had, not for others.
  fill(2, october(5, 13));
  const auto second = run({finding("B1", "2"), finding("B1", "3"), finding("W1", "1")},
                          {{"B1", 1}, {"W1", 1}}, october(5, 14));
  Followed views(ledger_);
  EXPECT_EQ(states(views, first), (States{"B1 1 accepted", "B1 2 accepted", "W1 1 rejected"}));
  EXPECT_EQ(states(views, second), (States{"B1 2 accepted", "B1 3 open", "W1 1 rejected"}));
  const auto& rules = views.views().rules();
  EXPECT_EQ(rules.unexplained("2020", "books", "B1", {}, "").value(), 1U);
  EXPECT_EQ(rules.unexplained("2020", "books", "B1", "2", "count").value(), 0U);
  EXPECT_EQ(rules.unexplained("2020", "books", "W1", {}, "").value(), 1U);
  EXPECT_EQ(rules.run("2020", "books", {}).value().index, second);
  EXPECT_EQ(rules.run("2020", "books", first).value().number, 1U);
  EXPECT_EQ(rules.run("2020", "units", {}).error().code, ledger::Errc::not_found);
}

TEST_F(RuleFacts, BlockingFindingsThatStoodOpenAtTheDueInstantAreF5) {
  const auto last = run({finding("B1", "1"), finding("B1", "2"), finding("W1", "1")},
                        {{"B1", 2}, {"W1", 1}}, october(15, 9));
  explain("B1", 1, october(15, 10), ledger::RowKey("1"));
  explain("B1", 1, october(16, 9), ledger::RowKey("2"));  // after it was due
  run({finding("B1", "1"), finding("B1", "2")}, {{"B1", 0}, {"W1", 0}}, october(16, 10));
  ledger_.submit("LIB.filler", "books", october(16, 11));
  const Followed views(ledger_);
  const auto facts = views.facts("F5");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].rule, "B1@1");
  EXPECT_EQ(facts[0].count, 1U);
  EXPECT_EQ(facts[0].department, "LIB");
  EXPECT_EQ(facts[0].due, october(16, 0));
  EXPECT_TRUE(std::binary_search(facts[0].entries.begin(), facts[0].entries.end(), last));
}

TEST_F(RuleFacts, WhatWasExplainedInTimeOrSubmittedInTimeIsNoF5) {
  run({finding("B1", "1")}, {{"B1", 1}}, october(15, 9));
  explain("B1", 1, october(15, 10));
  ledger_.submit("LIB.filler", "books", october(16, 11));
  EXPECT_TRUE(Followed(ledger_).facts("F5").empty());
}

TEST_F(RuleFacts, ATableThatWasNeverSubmittedHasItsF5WhenThePhaseIsClosed) {
  run({finding("B1", "1")}, {{"B1", 1}}, october(15, 9));
  ledger_.act("CENTRE.office", ledger::ClosePhase{kCampaign, ledger::PhaseId("base_entry")},
              october(17, 0));
  const auto facts = Followed(ledger_).facts("F5");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].table, "books");
}

TEST_F(RuleFacts, FindingsPassedWithoutAnAcceptedExplanationAreF6OrF8) {
  run({finding("W1", "1"), finding("W1", "2"), finding("X1", "1")},
      {{"B1", 0}, {"W1", 2}, {"X1", 1}}, october(5, 9));
  const auto one = explain("W1", 1, october(5, 10), ledger::RowKey("1"));
  ledger_.submit("LIB.filler", "books", october(5, 11));
  answer(one, true, october(5, 12));
  ledger_.approve("LIB.reviewer", "books", "review", october(5, 13));
  const Followed views(ledger_);
  const auto unexplained = views.facts("F6");
  ASSERT_EQ(unexplained.size(), 1U);
  EXPECT_EQ(unexplained[0].rule, "W1@1");
  EXPECT_EQ(unexplained[0].count, 1U);
  EXPECT_EQ(unexplained[0].person, "p-LIB.reviewer");
  const auto inconsistent = views.facts("F8");
  ASSERT_EQ(inconsistent.size(), 1U);
  EXPECT_EQ(inconsistent[0].rule, "X1@1");
  EXPECT_TRUE(inconsistent[0].counts);
}

TEST_F(RuleFacts, WhatIsPassedAgainOrClosedAgainIsNotCountedAgain) {
  run({finding("B1", "1"), finding("W1", "1"), finding("X1", "1")},
      {{"B1", 1}, {"W1", 1}, {"X1", 1}}, october(15, 9));
  const auto close = [&](ledger::Timestamp at) {
    ledger_.act("CENTRE.office", ledger::ClosePhase{kCampaign, ledger::PhaseId("base_entry")}, at);
  };
  close(october(17, 0));
  ledger_.act("CENTRE.office", ledger::OpenPhase{kCampaign, ledger::PhaseId("base_entry")},
              october(17, 8));
  answer(explain("B1", 1, october(17, 9)), true, october(17, 10));
  ledger_.submit("LIB.filler", "books", october(17, 11));
  ledger_.approve("LIB.reviewer", "books", "review", october(17, 12));
  ledger_.approve("LIB.head", "books", "head", october(17, 13));
  ledger_.give_back("CENTRE.office", "books", "first_review", october(17, 14), october(20, 0));
  ledger_.submit("LIB.filler", "books", october(17, 15));
  ledger_.approve("LIB.reviewer", "books", "review", october(17, 16));
  const Followed views(ledger_);
  for (const char* kind : {"F5", "F6", "F8"}) EXPECT_EQ(views.facts(kind).size(), 1U) << kind;
}

TEST_F(RuleFacts, AnInconsistencyThatTheOtherUnitMadeLaterDoesNotCount) {
  run({finding("X1", "1")}, {{"X1", 1}}, october(5, 9));
  ledger_.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}, {"count", "2"}}}}, october(5, 10));
  ledger_.submit("LIB.filler", "books", october(5, 11));
  ledger_.approve("LIB.reviewer", "books", "review", october(5, 12));
  const auto facts = Followed(ledger_).facts("F8");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_FALSE(facts[0].counts);
}

class Withdrawals : public RuleFacts {
 protected:
  Withdrawals() {
    found_ = run({finding("W1", "1"), finding("X1", "1")}, {{"W1", 1}, {"X1", 1}}, october(5, 9));
    ledger_.submit("LIB.filler", "books", october(5, 10));
    ledger_.approve("LIB.reviewer", "books", "review", october(5, 11));
    ledger_.approve("LIB.head", "books", "head", october(5, 12));
  }
  void give_back(const std::vector<std::string>& rules, bool by_hand = false) {
    ledger::ReturnTable command{
        kCampaign, TableKey("books"), ledger::LevelId("first_review"), version(),
        {},        october(20, 0)};
    command.version = *ledger_.state().task(kCampaign, TableKey("books"))->submitted_version;
    for (const auto& id : rules) command.reasons.push_back({{}, "", id, "see the rule"});
    if (by_hand) command.reasons.push_back({ledger::RowKey("2"), "count", "", "miscounted"});
    ledger_.act("CENTRE.office", command, october(6, 9));
  }
  ledger::LeafIndex found_ = 0;
};

TEST_F(Withdrawals, FindingsAndFactsOfTheRuleAreVoidAndStayListed) {
  const auto index = withdraw("W1", october(7, 9));
  Followed views(ledger_);
  EXPECT_EQ(states(views, found_), (States{"W1 1 void", "X1 1 open"}));
  const auto facts = views.facts("F6");
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].state, "voided");
  EXPECT_FALSE(facts[0].counts);
  ASSERT_EQ(facts[0].acts.size(), 1U);
  EXPECT_EQ(facts[0].acts[0].kind, "withdrawal");
  EXPECT_EQ(facts[0].acts[0].index, index);
  EXPECT_EQ(facts[0].acts[0].text, "wrong years");
  EXPECT_EQ(facts[0].acts[0].person, "p-CENTRE.office");
  EXPECT_EQ(views.facts("F8")[0].state, "open") << "it rests on another rule";
  const auto withdrawn = views.views().rules().withdrawn("2020").value();
  ASSERT_EQ(withdrawn.size(), 1U);
  EXPECT_EQ(withdrawn[0].rule, "W1");
}

TEST_F(Withdrawals, AReturnIsVoidOnceEveryRuleItNamesWasWithdrawn) {
  give_back({"W1", "X1@1"});
  withdraw("W1", october(7, 9));
  {
    const Followed views(ledger_);
    ASSERT_EQ(views.facts("F4").size(), 1U);
    EXPECT_EQ(views.facts("F4")[0].state, "open");
  }
  withdraw("X1", october(7, 10));
  const Followed views(ledger_);
  EXPECT_EQ(views.facts("F4")[0].state, "voided");
  EXPECT_EQ(views.facts("F8")[0].state, "voided");
}

TEST_F(Withdrawals, AReturnWithAReasonOfItsOwnStands) {
  give_back({"W1"}, true);
  withdraw("W1", october(7, 9));
  EXPECT_EQ(Followed(ledger_).facts("F4")[0].state, "open");
}

TEST_F(Withdrawals, ViewsBuiltStepByStepAreThoseBuiltAtOnce) {
  give_back({"W1"});
  withdraw("W1", october(7, 9));
  ViewsDirectory directory;
  for (const std::size_t batch : {std::size_t{1}, std::size_t{2000}}) {
    const ViewsOptions options{.file = directory.file(std::to_string(batch)),
                               .batch_entries_max = batch};
    auto views = Views::open(ledger_.reader(), options).value();
    ASSERT_TRUE(views->wait_for(ledger_.size(), std::chrono::seconds(20)));
  }
  EXPECT_EQ(dump(directory.file("1")), dump(directory.file("2000")));
}

TEST_F(RuleFacts, BrokenRulesOfTheLastRunsAreCounted) {
  ledger::RecordValidation command;
  command.campaign = kCampaign;
  command.table = TableKey("books");
  command.version = version();
  command.computed_at = ledger_.size();
  command.definition_revision = ledger_.state().directory->campaigns.at(kCampaign).revision;
  command.outcomes = {{"B1", 1, Severity::blocking, 0, 0, true, "took too many steps"}};
  ledger_.act("system", command, october(5, 9));
  {
    Followed views(ledger_);
    EXPECT_EQ(views.views().rules().broken().value(), 1U);
    EXPECT_EQ(views.views().rules().run("2020", "books", {}).value().outcomes[0].why,
              "took too many steps");
  }
  run({}, {{"B1", 0}}, october(5, 10));
  Followed views(ledger_);
  EXPECT_EQ(views.views().rules().broken().value(), 0U);
}

}  // namespace
}  // namespace countersign::projections
