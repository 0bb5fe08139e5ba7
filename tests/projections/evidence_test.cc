// Evidence in the views: what stands, what a requirement lacks, and what a signature without it is.
#include "projections/evidence/queries.h"
#include "tests/projections/followed.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using ledger::LeafIndex;

class EvidenceViews : public ::testing::Test {
 protected:
  EvidenceViews() { ledger_.assign_and_open(october(2, 8)); }

  // Books need a certificate for each row by the head's signature, and a report as a whole.
  void require(ledger::Timestamp at, bool evidence = true) {
    auto definition = *ledger_.state().directory->campaign(kCampaign);
    definition.approval_chain[1].verb = "sign";
    ledger::EvidenceRequirement report;
    report.id = "report";
    report.name = {"报告", "report"};
    report.table = ledger::TableKey("books");
    report.required_at = ledger::EvidenceRequirement::At::signature;
    ledger::EvidenceRequirement each = report;
    each.id = "each-row";
    each.columns = {"count"};
    each.per_row = true;
    if (evidence) definition.evidence = {report, each};
    ledger::DefineCampaign define;
    define.base_revision = ledger_.state().directory->campaigns.at(kCampaign).revision;
    define.definition = std::make_shared<const ledger::CampaignDefinition>(std::move(definition));
    ledger_.act("admin", define, at);
  }
  LeafIndex add(std::uint8_t file, const std::vector<std::optional<std::string>>& rows,
                ledger::Timestamp at) {
    ledger::RegisterEvidence command;
    command.campaign = kCampaign;
    command.table = ledger::TableKey("books");
    command.what.hash = ledger::Hash{file};
    command.what.custodian = ledger::DepartmentId("LIB");
    command.what.kind = "report";
    command.what.title = "馆藏证明";
    for (const auto& row : rows) {
      ledger::EvidenceCover cover;
      cover.table = command.table;
      if (row) cover.row = ledger::RowKey(*row);
      command.covers.push_back(cover);
    }
    return ledger_.act("LIB.filler", command, at);
  }
  EvidenceCoverage coverage(const Views& views, const std::string& requirement) const {
    const auto list =
        views.evidence().coverage(*ledger_.state().directory->campaign(kCampaign), "books");
    for (const auto& one : list.value().coverage) {
      if (one.requirement.id == requirement) return one;
    }
    ADD_FAILURE() << requirement;
    return {};
  }
  void sign(ledger::Timestamp at) {
    ledger_.submit("LIB.filler", "books", at);
    ledger_.approve("LIB.reviewer", "books", "review", at);
    ledger_.approve("LIB.head", "books", "head", at);
  }

  TestLedger ledger_;
};

TEST_F(EvidenceViews, TellWhatStandsAndToWhomItWasShown) {
  require(october(2, 9));
  ledger_.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  const auto first = add(1, {std::nullopt}, october(3, 10));
  const auto second = add(2, {"1"}, october(3, 11));
  ledger_.submit("LIB.filler", "books", october(4, 9));
  const auto shown =
      ledger_.act("LIB.head", ledger::ShowEvidence{kCampaign, first, "专家组"}, october(4, 10));
  const auto withdrawn = ledger_.act(
      "LIB.filler", ledger::WithdrawEvidence{kCampaign, second, "错传"}, october(4, 11));
  const auto third = add(3, {"1"}, october(4, 12));
  Followed views(ledger_);
  const auto list = views.views().evidence().evidence("2020", "books").value().records;
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].id, first);
  EXPECT_EQ(list[0].state, "standing");
  EXPECT_FALSE(list[0].after_signing);
  ASSERT_EQ(list[0].shown.size(), 1U);
  EXPECT_EQ(list[0].shown[0].index, shown);
  EXPECT_EQ(list[0].shown[0].to, "专家组");
  EXPECT_EQ(list[1].state, "withdrawn");
  EXPECT_TRUE(list[1].after_signing);
  ASSERT_TRUE(list[1].change);
  EXPECT_EQ(list[1].change->index, withdrawn);
  EXPECT_EQ(list[1].change->reason, "错传");
  EXPECT_EQ(list[2].id, third);
  EXPECT_TRUE(list[2].after_signing);
  EXPECT_EQ(list[2].covers.at(0).row, "1");
  EXPECT_EQ(views.views().evidence().piece("2020", third).value().title, "馆藏证明");
  EXPECT_EQ(views.views().evidence().piece("2020", third + 9).error().code,
            ledger::Errc::not_found);
  EXPECT_TRUE(views.views().evidence().evidence("2020", "units").value().records.empty());
}

TEST_F(EvidenceViews, CountTheRowsThatAreThere) {
  require(october(2, 9));
  ledger_.edit("LIB.filler", "books",
               {{"1", {{"no", "1"}}}, {"2", {{"no", "2"}}}, {"3", {{"no", "3"}}}}, october(3, 9));
  add(1, {"1", "2", "99"}, october(3, 10));
  {
    Followed views(ledger_);
    const auto each = coverage(views.views(), "each-row");
    EXPECT_EQ(each.rows, 3U);
    EXPECT_EQ(each.covered, 2U);
    EXPECT_EQ(each.lacking, std::vector<std::string>{"3"});
    EXPECT_FALSE(each.met);
    EXPECT_FALSE(coverage(views.views(), "report").met);
  }
  ledger_.edit("LIB.filler", "books", {{"3", {}}}, october(3, 11), "double");
  add(2, {std::nullopt}, october(3, 12));
  Followed views(ledger_);
  EXPECT_TRUE(coverage(views.views(), "each-row").met);
  EXPECT_TRUE(coverage(views.views(), "report").met);
}

TEST_F(EvidenceViews, ASignatureWithoutItIsAFactForEachRequirementOnce) {
  require(october(2, 9));
  ledger_.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}, {"2", {{"no", "2"}}}}, october(3, 9));
  add(1, {"1"}, october(3, 10));
  sign(october(4, 9));
  // The next version, no better than the first.
  ledger_.edit("LIB.filler", "books", {{"1", {{"no", "1"}, {"count", "8"}}}}, october(5, 9));
  sign(october(5, 10));
  Followed views(ledger_);
  const auto facts = views.facts("F7");
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_TRUE(facts[0].id.ends_with("-report"));
  EXPECT_EQ(facts[0].count, 1U);
  EXPECT_TRUE(facts[0].counts);
  EXPECT_EQ(facts[0].department, "LIB");
  EXPECT_EQ(facts[0].person, "p-LIB.head");
  EXPECT_TRUE(facts[1].id.ends_with("-each-row"));
  EXPECT_EQ(facts[1].count, 1U);
  EXPECT_EQ(facts[1].entries.size(), 3U);
}

TEST_F(EvidenceViews, WhatWasThereAtTheSignatureIsNoFactHoweverItEnds) {
  ledger_.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  require(october(3, 10));
  const auto whole = add(1, {std::nullopt}, october(3, 11));
  add(2, {"1"}, october(3, 12));
  sign(october(4, 9));
  ledger_.act("LIB.filler", ledger::WithdrawEvidence{kCampaign, whole, "错传"}, october(4, 10));
  Followed views(ledger_);
  EXPECT_TRUE(views.facts("F7").empty());
}

TEST_F(EvidenceViews, WhatIsAskedForAfterTheSignatureIsNoFact) {
  require(october(2, 9), false);
  ledger_.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  sign(october(4, 9));
  require(october(4, 10));
  Followed views(ledger_);
  EXPECT_TRUE(views.facts("F7").empty());
  EXPECT_FALSE(coverage(views.views(), "report").met);
}

TEST_F(EvidenceViews, AreTheSameWhenBuiltAnew) {
  require(october(2, 9));
  ledger_.edit("LIB.filler", "books", {{"1", {{"no", "1"}}}}, october(3, 9));
  const auto first = add(1, {std::nullopt}, october(3, 10));
  const auto second = add(2, {"1"}, october(3, 11));
  ledger_.act("LIB.head", ledger::ShowEvidence{kCampaign, first, ""}, october(3, 12));
  ledger_.act("LIB.filler", ledger::WithdrawEvidence{kCampaign, second, "x"}, october(3, 13));
  sign(october(4, 9));
  ledger_.act("CENTRE.office", ledger::ReportEvidenceMissing{kCampaign, first, "x"}, october(5, 9));
  const auto whole = ledger_.size();
  ViewsDirectory step_by_step;
  for (ledger::TreeSize size = 1; size <= whole; ++size) {
    ledger_.show(size);
    auto views = Views::open(ledger_.reader(), {.file = step_by_step.file()}).value();
    ASSERT_TRUE(views->wait_for(size, std::chrono::seconds(20)));
  }
  ViewsDirectory fresh;
  Views::open(ledger_.reader(), {.file = fresh.file()})
      .value()
      ->wait_for(whole, std::chrono::seconds(20));
  EXPECT_EQ(dump(step_by_step.file()), dump(fresh.file()));
}

}  // namespace
}  // namespace countersign::projections
