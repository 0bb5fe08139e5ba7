// Indicators and rectification plans: each step once, and each guard that refuses it.
#include "ledger/domain/campaign_codec.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "tests/domain/decider_spec.h"

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

// The sample campaign with an indicator over units and staff, for which HR answers, and a group
// that decides on plans.
json with_indicators(const std::string& id) {
  const json name = {{"zh", "名"}, {"en", "name"}};
  json definition = json::parse(sample_definition());
  definition["id"] = id;
  definition["edition"] = id;
  definition["school_type"] = "normal";
  definition["bodies"][0]["decides_plans"] = true;
  const auto quantity = [&](const std::string& key, const std::string& table) {
    return json{{"id", key},
                {"version", 1},
                {"name", name},
                {"unit", name},
                {"reads", {table}},
                {"sql", "SELECT 1 AS value, '" + table +
                            "' AS \"table\", _key AS row, 'unit_no' AS \"column\" FROM " + table}};
  };
  definition["quantities"] = {quantity("units_total", "units"), quantity("staff_total", "staff")};
  definition["indicators"] = {{{"id", "staff_ratio"},
                               {"version", 1},
                               {"name", name},
                               {"unit", name},
                               {"decimals", 3},
                               {"quantities", {"units_total", "staff_total"}},
                               {"formula", "staff_total / units_total"},
                               {"better", "lower"},
                               {"marks", {{{"school_type", "normal"}, {"pass", 18}}}},
                               {"department", "HR"}}};
  return definition;
}

std::shared_ptr<const CampaignDefinition> parsed(const json& definition) {
  auto campaign = parse_campaign(definition.dump());
  EXPECT_TRUE(campaign) << campaign.error().detail;
  return campaign ? *campaign : nullptr;
}

class Indicators : public DeciderSpec {
 protected:
  void SetUp() override {
    open_campaign();
    accept("admin", DefineCampaign{parsed(with_indicators("2020")), {}, 1}, "09-30 09:00");
    for (const auto& [department, table] :
         {std::pair("PO", "units"), std::pair("HR", "staff"), std::pair("PO", "profile")}) {
      pass(department, table);
      confirm(department, table, "10-12 11:00");
    }
  }

  // Signed and passed by the office.
  void confirm(const std::string& department, const std::string& table, const std::string& when) {
    accept(department + ".head", approve(department + ".head", table, "head"), when);
    accept("centre", approve("centre", table, "office"), when);
  }
  void change_and_pass(const std::string& department, const std::string& table,
                       const std::string& when) {
    const std::string filler = department + ".filler", reviewer = department + ".reviewer";
    accept(filler, change(table, {0, 1, 0}), when);
    accept(filler, submit(filler, table), when);
    accept(reviewer, approve(reviewer, table, "review"), when);
    confirm(department, table, when);
  }

  RecordIndicators computed(IndicatorResult result) const {
    RecordIndicators command;
    command.campaign = kCampaign;
    command.computed_at = state_.size;
    command.definition_revision = state_.directory->campaigns.at(kCampaign).revision;
    for (const char* table : {"staff", "units"}) {
      const auto& version = task(table).submitted_version;
      command.inputs.push_back({TableKey(table), version.value_or(VersionRef{})});
    }
    command.quantities = {{"units_total", 1, 1144, 2}, {"staff_total", 1, 20610, 3}};
    IndicatorValue value{"staff_ratio", 1, 18.015734265734267, 18.0, result};
    if (result == IndicatorResult::undefined) value.value.reset();
    command.indicators = {value};
    return command;
  }
  std::vector<Event> compute(IndicatorResult result, const std::string& when = "11-02 09:00") {
    return accept("system", computed(result), when);
  }

  static DraftPlan draft(const std::string& indicator = "staff_ratio") {
    return {kCampaign,
            indicator,
            {{"1", "three retired", "hire two", "HR", at("12-31 00:00")},
             {"2", "contracts ended", "renew them", "HR", at("12-01 00:00")}}};
  }
  static DecidePlan decision(bool second = true, const std::string& reason = "") {
    return {kCampaign, "staff_ratio", 5, {{"1", true, {}}, {"2", second, reason}}};
  }
  static Command put_before(const std::string& body) {
    return TableCampaign{kCampaign, BodyId(body), {Hash{1}, "report"}};
  }
  void group_approves(const std::string& when = "11-05 15:00") {
    accept("centre", put_before("group"), when);
    DecideCampaign command;
    command.campaign = kCampaign;
    command.body = BodyId("group");
    command.report = Hash{1};
    command.attended = 5;
    command.minutes = {Hash{2}, "minutes"};
    accept("group", command, when);
  }
  const CampaignState& campaign() const { return state_.campaigns.at(kCampaign); }
};

TEST_F(Indicators, AMissedMarkAsksItsDepartmentForOnePlan) {
  auto events = compute(IndicatorResult::fails);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<PlanRequired>(events[1]).department, DepartmentId("HR"));
  EXPECT_EQ(recorded()[0].actor.hat.role, Role::system);
  EXPECT_EQ(campaign().plans.at("staff_ratio").status, RectificationPlan::Status::due);
  EXPECT_EQ(compute(IndicatorResult::restricted).size(), 1U) << "one plan an indicator";
}

TEST_F(Indicators, WhatPassesOrCannotBeComputedAsksForNone) {
  for (const auto result : {IndicatorResult::passes, IndicatorResult::passes_by_alternative,
                            IndicatorResult::undefined}) {
    EXPECT_EQ(compute(result).size(), 1U) << to_string(result);
  }
  EXPECT_EQ(compute(IndicatorResult::restricted).size(), 2U);
}

TEST_F(Indicators, AComputationComesBackFromTheLogAsItWas) {
  compute(IndicatorResult::passes);
  const std::string header = encode_header(recorded().front(), "spec.example/log", {1, {}});
  const auto decoded = decode_header(header);
  ASSERT_TRUE(decoded) << decoded.error().detail;
  const auto& event = std::get<IndicatorsComputed>(decoded->event.event);
  EXPECT_EQ(event.indicators.front().value, 18.015734265734267) << "unrounded";
  EXPECT_EQ(event.indicators.front().mark, 18.0);
  EXPECT_EQ(event.quantities.back().value, 20610);
  EXPECT_EQ(event.inputs.front().version.hash, task("staff").submitted_version->hash);
  const auto snapshot = decode_state(encode_state(state_), definitions_of(state_));
  ASSERT_TRUE(snapshot) << snapshot.error().detail;
  EXPECT_EQ(encode_state(*snapshot), encode_state(state_));
}

TEST_F(Indicators, OnlyTheServiceRecordsThemAndOnlyOverReviewedInputs) {
  EXPECT_EQ(refuse("centre", computed(IndicatorResult::passes), "11-02 09:00").code,
            RefusalCode::right_missing);
  auto command = computed(IndicatorResult::passes);
  command.campaign = CampaignId("1999");
  EXPECT_EQ(refuse("system", command, "11-02 09:00").code, RefusalCode::unknown_campaign);
  command = computed(IndicatorResult::passes);
  --command.definition_revision;
  EXPECT_EQ(refuse("system", command, "11-02 09:00").code, RefusalCode::definition_moved_on);
  command = computed(IndicatorResult::passes);
  command.inputs.pop_back();
  EXPECT_EQ(refuse("system", command, "11-02 09:00").code, RefusalCode::definition_moved_on);
  command = computed(IndicatorResult::passes);
  command.inputs.front().version.hash[5] ^= 1;
  EXPECT_EQ(refuse("system", command, "11-02 09:00").code, RefusalCode::version_moved_on);
  command = computed(IndicatorResult::passes);
  command.computed_at = *task("staff").content_index;
  EXPECT_EQ(refuse("system", command, "11-02 09:00").code, RefusalCode::version_moved_on)
      << "the figures are older than the content";

  accept("HR.filler", change("staff", {0, 1, 0}), "10-13 09:00");
  const Refusal refusal = refuse("system", computed(IndicatorResult::passes), "10-13 10:00");
  EXPECT_EQ(refusal.code, RefusalCode::inputs_unsettled);
  EXPECT_EQ(refusal.facts.at("tables"), "staff");
  accept("HR.filler", submit("HR.filler", "staff"), "10-13 11:00");
  accept("HR.reviewer", approve("HR.reviewer", "staff", "review"), "10-13 11:00");
  accept("HR.head", approve("HR.head", "staff", "head"), "10-13 11:00");
  EXPECT_EQ(refuse("system", computed(IndicatorResult::passes), "10-13 12:00").code,
            RefusalCode::inputs_unsettled)
      << "the first review is missing";
  accept("centre", approve("centre", "staff", "office"), "10-13 13:00");
  compute(IndicatorResult::passes);
}

TEST_F(Indicators, ACampaignWithoutIndicatorsComputesNone) {
  json plain = json::parse(sample_definition());
  accept("admin", DefineCampaign{parsed(plain), {}, 2}, "10-13 09:00");
  EXPECT_EQ(refuse("system", computed(IndicatorResult::passes), "11-02 09:00").code,
            RefusalCode::unknown_subject);
}

TEST_F(Indicators, TheDepartmentDraftsWithEveryPartOfEveryItem) {
  EXPECT_EQ(refuse("HR.filler", draft(), "11-03 09:00").code, RefusalCode::unknown_subject)
      << "no plan is asked for";
  compute(IndicatorResult::fails);
  for (const char* other : {"PO.filler", "HR.reviewer", "centre", "group"}) {
    EXPECT_EQ(refuse(other, draft(), "11-03 09:00").code, RefusalCode::right_missing) << other;
  }
  EXPECT_EQ(refuse("HR.filler", draft("nothing"), "11-03 09:00").code,
            RefusalCode::unknown_subject);
  DraftPlan empty = draft();
  empty.items.clear();
  EXPECT_EQ(refuse("HR.filler", empty, "11-03 09:00").code, RefusalCode::plan_incomplete);
  for (std::string PlanItem::*member :
       {&PlanItem::id, &PlanItem::cause, &PlanItem::measure, &PlanItem::owner}) {
    DraftPlan lacking = draft();
    (lacking.items[1].*member).clear();
    EXPECT_EQ(refuse("HR.filler", lacking, "11-03 09:00").code, RefusalCode::plan_incomplete);
  }
  DraftPlan endless = draft();
  endless.items[0].until = {};
  EXPECT_EQ(refuse("HR.filler", endless, "11-03 09:00").code, RefusalCode::plan_incomplete);

  const auto stored = std::get<PlanDrafted>(accept_stored("HR.head", draft(), "11-03 09:00"));
  EXPECT_EQ(stored.items.size(), 2U);
  EXPECT_EQ(stored.items[1].measure, "renew them");
  EXPECT_EQ(refuse("HR.filler", draft(), "11-03 10:00").code, RefusalCode::already_exists)
      << "it lies before the body";
}

TEST_F(Indicators, TheGroupDecidesItemByItemWithItsQuorum) {
  compute(IndicatorResult::fails);
  EXPECT_EQ(refuse("group", decision(), "11-04 09:00").code, RefusalCode::unknown_subject)
      << "nothing is drafted";
  accept("HR.filler", draft(), "11-03 09:00");
  for (const char* other : {"HR.head", "centre", "committee"}) {
    EXPECT_EQ(refuse(other, decision(), "11-04 09:00").code, RefusalCode::right_missing) << other;
  }
  DecidePlan few = decision();
  few.attended = 2;
  EXPECT_EQ(refuse("group", few, "11-04 09:00").code, RefusalCode::quorum_missing);
  DecidePlan partly = decision();
  partly.items.pop_back();
  EXPECT_EQ(refuse("group", partly, "11-04 09:00").code, RefusalCode::items_undecided);
  DecidePlan twice = decision();
  twice.items[1].item = "1";
  EXPECT_EQ(refuse("group", twice, "11-04 09:00").code, RefusalCode::items_undecided);
  EXPECT_EQ(refuse("group", decision(false), "11-04 09:00").code, RefusalCode::items_undecided)
      << "sent back without a reason";
  DecidePlan unknown = decision();
  unknown.indicator = "nothing";
  EXPECT_EQ(refuse("group", unknown, "11-04 09:00").code, RefusalCode::unknown_subject);

  const auto sent_back =
      std::get<PlanDecided>(accept_stored("group", decision(false, "too late"), "11-04 09:00"));
  EXPECT_FALSE(sent_back.accepted);
  EXPECT_EQ(sent_back.items[1].reason, "too late");
  const auto again = accept("HR.filler", draft(), "11-04 10:00");
  EXPECT_EQ(std::get<PlanDrafted>(again.front()).draft, 2U);
  const LeafIndex second = state_.size - 1;
  const auto accepted = accept("group", decision(), "11-04 11:00");
  EXPECT_EQ(std::get<PlanDecided>(accepted.front()).plan, second);
  EXPECT_EQ(campaign().plans.at("staff_ratio").status, RectificationPlan::Status::accepted);
  EXPECT_EQ(refuse("group", decision(), "11-04 12:00").code, RefusalCode::already_exists);
  EXPECT_EQ(refuse("HR.filler", draft(), "11-04 12:00").code, RefusalCode::already_exists);
}

TEST_F(Indicators, BodiesAfterTheOneThatDecidesPlansNeedThemSettled) {
  compute(IndicatorResult::fails);
  group_approves();
  const Refusal refusal = refuse("centre", put_before("committee"), "11-06 09:00");
  EXPECT_EQ(refusal.code, RefusalCode::plans_unsettled);
  EXPECT_EQ(refusal.facts.at("indicators"), "staff_ratio");
  accept("HR.filler", draft(), "11-06 10:00");
  EXPECT_EQ(refuse("centre", put_before("committee"), "11-06 11:00").code,
            RefusalCode::plans_unsettled);
  accept("group", decision(), "11-06 12:00");
  accept("centre", put_before("committee"), "11-06 13:00");
}

TEST_F(Indicators, APlanThatCameDueWhileTheReportLayThereStopsDecisionAndFreezing) {
  compute(IndicatorResult::passes);
  group_approves();
  accept("centre", put_before("committee"), "11-06 09:00");
  compute(IndicatorResult::fails, "11-06 10:00");
  DecideCampaign committee;
  committee.campaign = kCampaign;
  committee.body = BodyId("committee");
  committee.report = Hash{1};
  committee.minutes = {Hash{2}, "minutes"};
  EXPECT_EQ(refuse("committee", committee, "11-13 16:00").code, RefusalCode::plans_unsettled);
  compute(IndicatorResult::passes, "11-13 16:30");
  accept("committee", committee, "11-13 17:00");

  compute(IndicatorResult::fails, "11-14 09:00");
  FreezeCampaign freeze{kCampaign, {}, Hash{9}};
  for (const auto& [key, one] : campaign().tasks) {
    freeze.versions.push_back({key, *one.submitted_version});
  }
  EXPECT_EQ(refuse("admin", freeze, "11-17 10:00").code, RefusalCode::plans_unsettled);
  accept("HR.filler", draft(), "11-17 11:00");
  accept("group", decision(), "11-17 12:00");
  accept("admin", freeze, "11-17 13:00");
  EXPECT_EQ(refuse("system", computed(IndicatorResult::passes), "11-18 09:00").code,
            RefusalCode::campaign_frozen);
  EXPECT_EQ(refuse("HR.filler", draft(), "11-18 09:00").code, RefusalCode::campaign_frozen);
  EXPECT_EQ(refuse("group", decision(), "11-18 09:00").code, RefusalCode::campaign_frozen);
}

TEST_F(Indicators, ADuePlanIsNoLongerNeededOnceTheIndicatorPasses) {
  compute(IndicatorResult::fails);
  EXPECT_FALSE(plans_settled(campaign()));
  change_and_pass("HR", "staff", "10-13 09:00");
  compute(IndicatorResult::passes);
  EXPECT_TRUE(plans_settled(campaign()));
  compute(IndicatorResult::fails);
  EXPECT_FALSE(plans_settled(campaign())) << "needed again";
  accept("HR.filler", draft(), "11-03 09:00");
  compute(IndicatorResult::passes);
  EXPECT_FALSE(plans_settled(campaign())) << "what lies before the body is decided";
}

class NextYear : public Indicators {
 protected:
  void SetUp() override {
    Indicators::SetUp();
    compute(IndicatorResult::fails);
    accept("HR.filler", draft(), "11-03 09:00");
    json next = with_indicators("2021");
    next["previous"] = {{"campaign", "2020"}, {"tables", json::array()}};
    accept("admin", DefineCampaign{parsed(next), {}, 0}, "11-04 09:00");
  }
  static FollowUpPlan follow_up(FollowUp outcome = FollowUp::under_way) {
    return {CampaignId("2021"), kCampaign, "staff_ratio", "2", outcome, "one contract left"};
  }
};

TEST_F(NextYear, SaysWhatBecameOfEachMeasure) {
  EXPECT_EQ(refuse("HR.filler", follow_up(), "11-05 09:00").code, RefusalCode::unknown_subject)
      << "the plan was never accepted";
  accept("group", decision(), "11-04 10:00");
  for (const char* other : {"PO.filler", "group", "HR.reviewer"}) {
    EXPECT_EQ(refuse(other, follow_up(), "11-05 09:00").code, RefusalCode::right_missing) << other;
  }
  auto wrong = follow_up();
  wrong.item = "3";
  EXPECT_EQ(refuse("HR.filler", wrong, "11-05 09:00").code, RefusalCode::unknown_subject);
  wrong = follow_up();
  wrong.text.clear();
  EXPECT_EQ(refuse("HR.filler", wrong, "11-05 09:00").code, RefusalCode::reason_missing);
  wrong = follow_up();
  wrong.previous = CampaignId("2021");
  EXPECT_EQ(refuse("centre", wrong, "11-05 09:00").code, RefusalCode::unknown_subject);
  wrong = follow_up();
  wrong.campaign = kCampaign;
  EXPECT_EQ(refuse("centre", wrong, "11-05 09:00").code, RefusalCode::unknown_subject)
      << "this campaign follows none";

  const auto stored =
      std::get<PlanFollowedUp>(accept_stored("HR.filler", follow_up(), "11-05 09:00"));
  EXPECT_EQ(stored.text, "one contract left");
  accept("centre", follow_up(FollowUp::done), "11-06 09:00");
  const auto& followed = state_.campaigns.at(CampaignId("2021")).plan_items_followed_up;
  EXPECT_EQ(followed, (std::set<std::string>{"staff_ratio/2"}));
}

}  // namespace countersign::ledger
