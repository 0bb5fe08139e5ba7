// Where a table stands in the whole process, step by step to the receiver's acceptance and back.
#include "ledger/domain/process_state.h"
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class ProcessState : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }

  CampaignState& campaign() { return state_.campaigns.at(kCampaign); }
  const CampaignDefinition& definition() const { return *state_.directory->campaign(kCampaign); }
  std::string state_of(const std::string& table) {
    return process_state(definition(), campaign(), task(table));
  }
  // Through the whole chain.
  void settle(const std::string& department, const std::string& table) {
    pass(department, table);
    accept(department + ".head", approve(department + ".head", table, "head"), "10-09 12:00");
    accept("centre", approve("centre", table, "office"), "10-10 09:00");
  }
  // The definition with one indicator made from units, owed by PO.
  void add_indicator() {
    auto changed = std::make_shared<CampaignDefinition>(definition());
    Quantity quantity;
    quantity.id = "unit_count";
    quantity.reads = {TableKey("units")};
    changed->quantities = {quantity};
    Indicator indicator;
    indicator.id = "ratio";
    indicator.quantities = {"unit_count"};
    indicator.department = DepartmentId("PO");
    changed->indicators = {indicator};
    definition_ = changed;
  }
  std::string analysed_state(const std::string& table) {
    return process_state(*definition_, campaign(), task(table));
  }

  std::shared_ptr<const CampaignDefinition> definition_;
};

// As a ledger of before the chain was held fast may have it.
TEST_F(ProcessState, AChainThatBecameShorterEndsWithItsLastLevel) {
  settle("PO", "units");
  auto shorter = std::make_shared<CampaignDefinition>(definition());
  shorter->approval_chain.pop_back();
  EXPECT_EQ(process_state(*shorter, campaign(), task("units")), "approved:head");
}

TEST_F(ProcessState, FollowsTheTableThroughItsApprovalChain) {
  EXPECT_EQ(state_of("units"), "open");
  EXPECT_EQ(state_of("staff"), "blocked");
  accept("PO.filler", change("units"), "10-08 09:00");
  EXPECT_EQ(state_of("units"), "filling");
  accept("PO.filler", submit("PO.filler", "units"), "10-08 10:00");
  EXPECT_EQ(state_of("units"), "submitted");
  accept("PO.reviewer", give_back("units", "review", {{{}, "unit_no", "", "twice"}}),
         "10-08 11:00");
  EXPECT_EQ(state_of("units"), "returned");
  accept("PO.filler", submit("PO.filler", "units"), "10-08 12:00");
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "10-08 13:00");
  EXPECT_EQ(state_of("units"), "approved:review");
  EXPECT_EQ(state_of("staff"), "open");
  accept("PO.head", approve("PO.head", "units", "head"), "10-08 14:00");
  EXPECT_EQ(state_of("units"), "approved:head");
  // A level brings its own words.
  EXPECT_EQ(process_state_name(definition(), "approved:head").zh,
            definition().level(LevelId("head"))->state.zh);
}

TEST_F(ProcessState, FollowsTheCampaignOnceTheChainIsPassed) {
  settle("PO", "units");
  EXPECT_EQ(state_of("units"), "approved:office");
  campaign().tabled = TabledReport{};
  EXPECT_EQ(state_of("units"), "tabled:group");
  EXPECT_EQ(state_of("staff"), "open") << "what has not passed stands where it stood";
  campaign().tabled.reset();
  campaign().bodies_passed = 1;
  EXPECT_EQ(state_of("units"), "decided:group");
  campaign().bodies_passed = 2;
  EXPECT_EQ(state_of("units"), "decided:committee");
  campaign().frozen = Hash{};
  EXPECT_EQ(state_of("units"), "frozen");
  campaign().submitted = 1;
  EXPECT_EQ(state_of("units"), "handed_over");
  campaign().accepted = 2;
  EXPECT_EQ(state_of("units"), "accepted");
  for (const char* state : {"tabled:group", "decided:committee", "frozen", "plan_due"}) {
    const auto name = process_state_name(definition(), state);
    EXPECT_FALSE(name.zh.empty() || name.en.empty());
    EXPECT_NE(name.zh, state);
  }
}

TEST_F(ProcessState, AReopenedTableIsReopenedUntilItIsTouched) {
  settle("PO", "units");
  campaign().bodies_passed = 2;
  accept("centre", GrantException{kCampaign, TableKey("units"), at("11-16 00:00"), "a slip"},
         "11-14 09:00");
  EXPECT_EQ(state_of("units"), "reopened");
  accept("PO.filler", change("units"), "11-14 10:00");
  EXPECT_EQ(state_of("units"), "final_filling");
  accept("PO.filler", submit("PO.filler", "units"), "11-14 11:00");
  EXPECT_EQ(state_of("units"), "submitted");
  accept("PO.reviewer", approve("PO.reviewer", "units", "review"), "11-14 12:00");
  accept("PO.head", approve("PO.head", "units", "head"), "11-14 13:00");
  EXPECT_EQ(state_of("units"), "final_confirmed");
}

TEST_F(ProcessState, AnIndicatorMadeFromItAndThePlanForItShow) {
  settle("PO", "units");
  settle("PO", "profile");
  add_indicator();
  EXPECT_EQ(analysed_state("units"), "approved:office");
  campaign().computed_by = state_.size;
  EXPECT_EQ(analysed_state("units"), "analysed");
  EXPECT_EQ(analysed_state("profile"), "approved:office") << "nothing is computed from it";
  RectificationPlan plan;
  plan.department = DepartmentId("PO");
  campaign().plans["ratio"] = plan;
  EXPECT_EQ(analysed_state("units"), "plan_due");
  EXPECT_EQ(analysed_state("profile"), "approved:office");
  campaign().indicators["ratio"].result = IndicatorResult::passes;
  EXPECT_EQ(analysed_state("units"), "analysed") << "nobody asks for a plan any more";
  campaign().plans["ratio"].status = RectificationPlan::Status::drafted;
  EXPECT_EQ(analysed_state("units"), "plan_drafted");
  campaign().plans["ratio"].status = RectificationPlan::Status::accepted;
  EXPECT_EQ(analysed_state("units"), "plan_accepted");
  campaign().bodies_passed = 1;
  EXPECT_EQ(analysed_state("units"), "decided:group");
  // A change after the computation is to be analysed anew.
  campaign().plans.clear();
  campaign().bodies_passed = 0;
  campaign().computed_by = 1;
  EXPECT_EQ(analysed_state("units"), "approved:office");
}

}  // namespace countersign::ledger
