// Runs of the rules, explanations of what they found, and rules that were wrong: each step once,
// and each guard that refuses it.
#include "ledger/domain/campaign_codec.h"
#include "tests/domain/decider_spec.h"

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

// The sample campaign with rules: U1 (blocking) and U2 (warning, needs evidence) over units, S1
// (blocking) over staff. Nothing looks at the profile.
std::shared_ptr<const CampaignDefinition> with_rules(std::uint32_t version_of_u1 = 1) {
  json definition = json::parse(sample_definition());
  const auto rule = [](const std::string& id, const std::string& severity, bool needs_evidence,
                       const std::string& table, std::uint32_t version) {
    return json{{"id", id},
                {"version", version},
                {"kind", "within_record"},
                {"severity", severity},
                {"name", {{"zh", "名"}, {"en", "name"}}},
                {"author", "PO"},
                {"needs_evidence", needs_evidence},
                {"checks",
                 {{{"table", table},
                   {"sql", "SELECT _key AS row, 'unit_no' AS \"column\", " +
                               std::to_string(version) + " AS note FROM " + table}}}}};
  };
  definition["rules"] = {rule("U1", "blocking", false, "units", version_of_u1),
                         rule("U2", "warning", true, "units", 1),
                         rule("S1", "blocking", false, "staff", 1)};
  auto campaign = parse_campaign(definition.dump());
  EXPECT_TRUE(campaign) << campaign.error().detail;
  return campaign ? *campaign : nullptr;
}

class Rules : public DeciderSpec {
 protected:
  void SetUp() override {
    open_campaign();
    accept("admin", DefineCampaign{with_rules(), {}, 1}, "09-30 09:00");
  }

  static RuleOutcome outcome(const std::string& rule, std::uint64_t open,
                             Severity severity = Severity::blocking) {
    return {rule, 1, severity, open, open, false, {}};
  }
  RecordValidation run(const std::string& table, std::vector<RuleOutcome> outcomes) const {
    RecordValidation command;
    command.campaign = kCampaign;
    command.table = TableKey(table);
    command.version = version_of(table);
    command.computed_at = state_.size;
    command.definition_revision = state_.directory->campaigns.at(kCampaign).revision;
    for (const RuleOutcome& one : outcomes) {
      for (std::uint64_t i = 0; i < one.count; ++i) {
        command.findings.push_back({one.rule, RowKey(std::to_string(i)), "unit_no", "7 <> 9"});
      }
    }
    command.outcomes = std::move(outcomes);
    return command;
  }
  // Units with content over which the rules found this.
  void validated(std::uint64_t open_u1, std::uint64_t open_u2 = 0) {
    accept("PO.filler", change("units"), "10-09 09:00");
    accept("system",
           run("units", {outcome("U1", open_u1), outcome("U2", open_u2, Severity::warning)}),
           "10-09 10:00");
  }
  static ExplainFinding explanation(const std::string& rule, std::uint64_t covers) {
    ExplainFinding command;
    command.campaign = kCampaign;
    command.table = TableKey("units");
    command.rule = rule;
    command.covers = covers;
    command.reason = "a unit without staff";
    return command;
  }
  LeafIndex explained(const ExplainFinding& command) {
    accept("PO.filler", command, "10-09 11:00");
    return state_.size - 1;
  }
  static DecideExplanation answer(LeafIndex index, bool accepted, const std::string& reason = "") {
    return {kCampaign, TableKey("units"), index, accepted, reason};
  }
  static WithdrawRule withdrawal(const std::string& rule, std::uint32_t version = 1) {
    return {kCampaign, rule, version, "it compared the wrong years"};
  }
  RefusalCode submission(const std::string& table = "units",
                         const std::string& account = "PO.filler") {
    return refuse(account, submit(account, table), "10-09 15:00").code;
  }
  const RuleOutcome& stands(const std::string& rule) const {
    return task("units").validation->outcomes.at(rule);
  }
};

TEST_F(Rules, OnlyAVersionThatTheRulesInForceRanOverIsSubmitted) {
  accept("PO.filler", change("units"), "10-09 09:00");
  EXPECT_EQ(submission(), RefusalCode::validation_missing);
  const auto found = run("units", {outcome("U1", 2), outcome("U2", 0, Severity::warning)});
  const Event event = accept_stored("system", found, "10-09 10:00");
  const auto& recorded = std::get<ValidationRun>(event);
  ASSERT_EQ(recorded.findings.size(), 2U);
  EXPECT_EQ(recorded.findings[1].row, RowKey("1"));
  EXPECT_EQ(recorded.findings[1].note, "7 <> 9");
  EXPECT_EQ(recorded.outcomes[0].open, 2U);

  const auto open = refuse("PO.filler", submit("PO.filler", "units"), "10-09 11:00");
  EXPECT_EQ(open.code, RefusalCode::findings_open);
  EXPECT_EQ(open.facts.at("rules"), "U1 (2)");

  // What was found in other content says nothing of this.
  accept("PO.filler", change("units", {0, 1, 0}), "10-09 12:00");
  EXPECT_EQ(submission(), RefusalCode::validation_missing);
  accept("system", run("units", {outcome("U1", 0)}), "10-09 13:00");
  accept("admin", DefineCampaign{with_rules(2), {}, 2}, "10-09 14:00");
  EXPECT_EQ(submission(), RefusalCode::validation_missing) << "the rules are others";
  accept("system", run("units", {outcome("U1", 0)}), "10-09 14:30");
  accept("PO.filler", submit("PO.filler", "units"), "10-09 15:00");
}

TEST_F(Rules, ARunIsTheServicesOwnAndOverTheContentAsItIs) {
  accept("PO.filler", change("units"), "10-09 09:00");
  const auto early = run("units", {outcome("U1", 0)});
  for (const char* account : {"PO.filler", "centre", "admin"}) {
    EXPECT_EQ(refuse(account, early, "10-09 10:00").code, RefusalCode::right_missing) << account;
  }
  auto of_another_definition = early;
  of_another_definition.definition_revision = 1;
  EXPECT_EQ(refuse("system", of_another_definition, "10-09 10:00").code,
            RefusalCode::definition_moved_on);
  auto of_another_version = early;
  of_another_version.version.number = 2;
  EXPECT_EQ(refuse("system", of_another_version, "10-09 10:00").code,
            RefusalCode::version_moved_on);
  accept("PO.filler", change("units", {0, 1, 0}), "10-09 10:00");
  EXPECT_EQ(refuse("system", early, "10-09 10:00").code, RefusalCode::version_moved_on);
  accept("system", run("units", {outcome("U1", 0)}), "10-09 11:00");
  EXPECT_EQ(recorded().front().actor.person, PersonId("system"));
}

TEST_F(Rules, WarningsAndBrokenRulesHoldNobodyUpAndTablesWithoutRulesNeedNoRun) {
  accept("PO.filler", change("units"), "10-09 09:00");
  RuleOutcome broken{"U1", 1, Severity::blocking, 0, 0, true, "took more than 10 steps"};
  const Event event = accept_stored(
      "system", run("units", {broken, outcome("U2", 3, Severity::warning)}), "10-09 10:00");
  EXPECT_TRUE(std::get<ValidationRun>(event).outcomes[0].broken);
  accept("PO.filler", submit("PO.filler", "units"), "10-09 11:00");
  accept("PO.filler", change("profile"), "10-09 11:00");
  accept("PO.filler", submit("PO.filler", "profile"), "10-09 11:00");
}

TEST_F(Rules, TheFillerExplainsOpenFindingsWithAReasonAndEvidenceWhereTheRuleWantsIt) {
  validated(2, 1);
  for (const char* other : {"HR.filler", "PO.reviewer", "centre"}) {
    EXPECT_EQ(refuse(other, explanation("U1", 2), "10-09 11:00").code, RefusalCode::right_missing);
  }
  EXPECT_EQ(refuse("PO.filler", explanation("S1", 1), "10-09 11:00").code,
            RefusalCode::unknown_subject)
      << "a rule of another table";
  EXPECT_EQ(refuse("PO.filler", explanation("U1", 0), "10-09 11:00").code,
            RefusalCode::unknown_subject)
      << "no finding there";
  auto silent = explanation("U1", 2);
  silent.reason.clear();
  EXPECT_EQ(refuse("PO.filler", silent, "10-09 11:00").code, RefusalCode::reason_missing);
  auto documented = explanation("U2", 1);
  EXPECT_EQ(refuse("PO.filler", documented, "10-09 11:00").code, RefusalCode::evidence_missing);
  documented.evidence = {{Hash{4}, "report"}};
  documented.row = RowKey("0");
  documented.column = "unit_no";
  const Event event = accept_stored("PO.filler", documented, "10-09 11:00");
  EXPECT_EQ(std::get<FindingExplained>(event).evidence.front().title, "report");
  EXPECT_EQ(std::get<FindingExplained>(event).row, RowKey("0"));
  EXPECT_EQ(std::get<FindingExplained>(event).rule_version, 1U);
  EXPECT_EQ(stands("U2").open, 0U);

  EXPECT_EQ(submission(), RefusalCode::findings_open);
  explained(explanation("U1", 2));
  accept("PO.filler", submit("PO.filler", "units"), "10-09 12:00");
}

TEST_F(Rules, AnotherPersonAnswersBeforeTheFirstPass) {
  validated(2);
  const LeafIndex index = explained(explanation("U1", 2));
  accept("PO.filler", submit("PO.filler", "units"), "10-09 12:00");
  const auto pending =
      refuse("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-09 13:00");
  EXPECT_EQ(pending.code, RefusalCode::explanations_pending);
  EXPECT_EQ(pending.facts.at("count"), "1");

  EXPECT_EQ(refuse("PO.filler", answer(index, true), "10-09 13:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("HR.reviewer", answer(index, true), "10-09 13:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("PO.reviewer", answer(index + 1, true), "10-09 13:00").code,
            RefusalCode::unknown_subject);
  EXPECT_EQ(refuse("PO.reviewer", answer(index, false), "10-09 13:00").code,
            RefusalCode::reason_missing);
  accept("PO.reviewer", answer(index, true), "10-09 13:00");
  EXPECT_EQ(refuse("PO.reviewer", answer(index, false, "no"), "10-09 13:00").code,
            RefusalCode::already_exists);
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-09 14:00");
}

TEST_F(Rules, WhoExplainedDoesNotAnswerEvenWithTheHatToDoIt) {
  accept("centre", MoveDue{kCampaign, {TableKey("staff")}, at("10-16 00:00"), "x"}, "10-08 09:00");
  validated(0);
  accept("PO.filler", submit("PO.filler", "units"), "10-09 10:00");
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-09 10:00");
  accept("dual", change("staff"), "10-09 11:00", Hat{Role::filler, DepartmentId("HR")});
  accept("system", run("staff", {outcome("S1", 1)}), "10-09 11:00");
  auto own = explanation("S1", 1);
  own.table = TableKey("staff");
  accept("dual", own, "10-09 11:00", Hat{Role::filler, DepartmentId("HR")});
  auto self = answer(state_.size - 1, true);
  self.table = TableKey("staff");
  EXPECT_EQ(refuse("dual", self, "10-09 12:00", Hat{Role::reviewer, DepartmentId("HR")}).code,
            RefusalCode::same_person);
  accept("HR.reviewer", self, "10-09 12:00");
}

TEST_F(Rules, WhatIsRejectedIsOpenAgain) {
  validated(3);
  const LeafIndex index = explained(explanation("U1", 3));
  EXPECT_EQ(stands("U1").open, 0U);
  const Event event =
      accept_stored("PO.reviewer", answer(index, false, "the unit exists"), "10-09 12:00");
  EXPECT_EQ(std::get<ExplanationDecided>(event).reason, "the unit exists");
  EXPECT_EQ(stands("U1").open, 3U);
  EXPECT_EQ(submission(), RefusalCode::findings_open);
}

TEST_F(Rules, AVersionOfWhichAnExplanationWasRejectedDoesNotPass) {
  validated(3);
  const LeafIndex index = explained(explanation("U1", 3));
  accept("PO.filler", submit("PO.filler", "units"), "10-09 12:00");
  accept("PO.reviewer", answer(index, false, "the unit exists"), "10-09 13:00");
  const auto pass = approve("PO.reviewer", "units", "review");
  const Refusal open = refuse("PO.reviewer", pass, "10-09 14:00");
  EXPECT_EQ(open.code, RefusalCode::findings_open);
  EXPECT_EQ(open.facts.at("rules"), "U1 (3)");
  const LeafIndex better = explained(explanation("U1", 3));
  EXPECT_EQ(refuse("PO.reviewer", pass, "10-09 14:00").code, RefusalCode::explanations_pending);
  accept("PO.reviewer", answer(better, true), "10-09 15:00");
  accept("PO.reviewer", pass, "10-09 16:00");
}

TEST_F(Rules, AWithdrawnRuleAsksForNothingMore) {
  validated(2, 1);
  EXPECT_EQ(refuse("admin", withdrawal("U1"), "10-09 11:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("PO.filler", withdrawal("U1"), "10-09 11:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("centre", withdrawal("U9"), "10-09 11:00").code, RefusalCode::unknown_subject);
  EXPECT_EQ(refuse("centre", withdrawal("U1", 2), "10-09 11:00").code,
            RefusalCode::unknown_subject);
  auto silent = withdrawal("U1");
  silent.reason.clear();
  EXPECT_EQ(refuse("centre", silent, "10-09 11:00").code, RefusalCode::reason_missing);

  auto pending = explanation("U1", 1);
  pending.row = RowKey("0");
  explained(pending);
  const Event event = accept_stored("centre", withdrawal("U1"), "10-09 12:00");
  EXPECT_EQ(std::get<RuleWithdrawn>(event).reason, "it compared the wrong years");
  EXPECT_EQ(refuse("centre", withdrawal("U1"), "10-09 12:00").code, RefusalCode::already_exists);
  EXPECT_EQ(refuse("PO.filler", explanation("U1", 1), "10-09 12:00").code,
            RefusalCode::rule_withdrawn);
  accept("PO.filler", submit("PO.filler", "units"), "10-09 13:00");
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-09 14:00");

  // A new version is a new rule.
  accept("admin", DefineCampaign{with_rules(2), {}, 2}, "10-10 09:00");
  EXPECT_FALSE(is_withdrawn(state_.campaigns.at(kCampaign), "U1", 2));
  accept("centre", withdrawal("U1", 2), "10-10 10:00");
}

}  // namespace countersign::ledger
