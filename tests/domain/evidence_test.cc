// Evidence: who registers, shows, withdraws and misses it, and what a submission rests on.
#include "ledger/domain/campaign_codec.h"
#include "ledger/domain/event_codec.h"
#include "tests/domain/decider_spec.h"

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

namespace {

EvidenceCover cover_of(std::optional<std::string> row, const std::string& column = "",
                       const std::string& requirement = "") {
  EvidenceCover cover;
  cover.table = TableKey("units");
  if (row) cover.row = RowKey(*row);
  cover.column = column;
  cover.requirement = requirement;
  return cover;
}

EvidenceRequirement requirement_of(std::vector<std::string> columns, bool per_row) {
  EvidenceRequirement requirement;
  requirement.id = "r";
  requirement.table = TableKey("units");
  requirement.columns = std::move(columns);
  requirement.kinds = {"report"};
  requirement.per_row = per_row;
  return requirement;
}

}  // namespace

class EvidenceOf : public DeciderSpec {
 protected:
  void SetUp() override {
    open_campaign();
    json definition = json::parse(sample_definition());
    const json name = {{"zh", "材料"}, {"en", "file"}};
    definition["evidence"] = {
        {{"id", "list"}, {"name", name}, {"table", "units"}, {"kinds", {"report"}}},
        {{"id", "each"}, {"name", name}, {"table", "staff"}, {"per_row", true}},
        {{"id", "late"}, {"name", name}, {"table", "profile"}, {"required_at", "signature"}}};
    const auto parsed = parse_campaign(definition.dump());
    ASSERT_TRUE(parsed) << parsed.error().detail;
    accept("admin", DefineCampaign{*parsed, {}, 1}, "09-30 09:00");
  }

  static RegisterEvidence registration(const std::string& table = "units",
                                       std::uint8_t file = 1) {
    RegisterEvidence command;
    command.campaign = kCampaign;
    command.table = TableKey(table);
    command.what.hash = Hash{file};
    command.what.bytes = 2048;
    command.what.media_type = "application/pdf";
    command.what.custodian = DepartmentId("PO");
    command.what.kind = "report";
    command.what.stored = true;
    command.what.title = "单位清单盖章件";
    command.what.file_name = "清单.pdf";
    command.what.valid_for = "2020 学年";
    EvidenceCover whole;
    whole.table = command.table;
    command.covers = {whole};
    return command;
  }
  // The entry of a registration that stands.
  LeafIndex registered(const RegisterEvidence& command = registration()) {
    const LeafIndex index = state_.size;
    accept("PO.filler", command, "10-12 09:00");
    return index;
  }
  const EvidenceStanding& standing(LeafIndex index) const {
    return state_.campaigns.at(kCampaign).evidence.at(index);
  }
  SubmitTable submission(const std::string& account, const std::string& table) const {
    auto command = std::get<SubmitTable>(submit(account, table));
    command.evidence_as_of = state_.size;
    return command;
  }
};

TEST_F(EvidenceOf, FillersOfTheTableRegisterIt) {
  accept("PO.filler", registration(), "10-12 09:00");
  for (const char* assisting : {"COL.filler", "AA.filler", "HR.filler"}) {
    accept(assisting, registration("staff", assisting[0] == 'C' ? 2 : assisting[0] == 'A' ? 3 : 4),
           "10-12 09:00");
  }
  for (const char* other : {"HR.filler", "PO.reviewer", "PO.head", "centre", "admin"}) {
    EXPECT_EQ(refuse(other, registration(), "10-12 09:00").code, RefusalCode::right_missing)
        << other;
  }
}

TEST_F(EvidenceOf, WhatItNamesMustBeThere) {
  auto command = registration();
  command.table = TableKey("nothing");
  EXPECT_EQ(refuse("PO.filler", command, "10-12 09:00").code, RefusalCode::unknown_table);
  command = registration();
  command.what.custodian = DepartmentId("XX");
  EXPECT_EQ(refuse("PO.filler", command, "10-12 09:00").facts.at("subject"), "department");
  command = registration();
  command.covers.clear();
  EXPECT_EQ(refuse("PO.filler", command, "10-12 09:00").facts.at("subject"), "cover");
  command.covers = {cover_of({}, "nothing")};
  EXPECT_EQ(refuse("PO.filler", command, "10-12 09:00").facts.at("subject"), "column");
  command.covers = {cover_of({}, "", "each")};  // another table's
  EXPECT_EQ(refuse("PO.filler", command, "10-12 09:00").facts.at("subject"), "requirement");
  command.covers = {cover_of({}, "", "list")};
  command.what.kind = "photo";
  const auto kind = refuse("PO.filler", command, "10-12 09:00");
  EXPECT_EQ(kind.code, RefusalCode::evidence_kind);
  EXPECT_EQ(kind.facts.at("kinds"), "report");
  command.covers = {cover_of({})};
  command.covers.front().table = TableKey("staff");
  EXPECT_EQ(refuse("PO.filler", command, "10-12 09:00").facts.at("subject"), "cover");
  command.covers = {cover_of({})};
  command.covers.front().indicator = "nothing";
  EXPECT_EQ(refuse("PO.filler", command, "10-12 09:00").facts.at("subject"), "indicator");
}

TEST_F(EvidenceOf, TheSameFileForTheSameIsThereAlready) {
  const LeafIndex first = registered();
  const auto again = refuse("PO.filler", registration(), "10-12 10:00");
  EXPECT_EQ(again.code, RefusalCode::already_exists);
  EXPECT_EQ(again.facts.at("evidence"), std::to_string(first));
  auto more = registration();
  more.covers = {cover_of("101"), cover_of("102")};
  accept("PO.filler", more, "10-12 10:00");
  std::swap(more.covers[0], more.covers[1]);
  EXPECT_EQ(refuse("PO.filler", more, "10-12 10:00").code, RefusalCode::already_exists);
  accept("PO.filler", registration("units", 2), "10-12 10:00");
  // What was withdrawn may come back.
  accept("PO.filler", WithdrawEvidence{kCampaign, first, "错传"}, "10-12 11:00");
  accept("PO.filler", registration(), "10-12 12:00");
}

TEST_F(EvidenceOf, TheHeaderHoldsWhatIsSatisfiedAndNoWords) {
  auto command = registration();
  command.covers = {cover_of({}, "", "list"), cover_of("101", "unit_no")};
  const auto event =
      std::get<EvidenceRegistered>(accept_stored("PO.filler", command, "10-12 09:00"));
  EXPECT_EQ(event.requirements, std::vector<std::string>{"list"});
  EXPECT_EQ(event.rows, 1u);
  ASSERT_EQ(event.covers.size(), 2u);
  EXPECT_EQ(event.covers[1].row, RowKey("101"));
  EXPECT_EQ(event.what.file_name, "清单.pdf");
  EXPECT_EQ(event.what.valid_for, "2020 学年");
  const LeafIndex id = recorded().front().index;
  const auto shown = std::get<EvidenceShown>(
      accept_stored("PO.head", ShowEvidence{kCampaign, id, "专家组"}, "10-13 09:00"));
  EXPECT_EQ(shown.hash, command.what.hash);
  EXPECT_EQ(shown.table, TableKey("units"));
  const auto missing = std::get<EvidenceMissing>(accept_stored(
      "PO.reviewer", ReportEvidenceMissing{kCampaign, id, "柜中没有"}, "10-13 10:00"));
  EXPECT_EQ(missing.reason, "柜中没有");
  EXPECT_EQ(standing(id).status, EvidenceStanding::Status::missing);
  const auto withdrawn = std::get<EvidenceWithdrawn>(
      accept_stored("PO.filler", WithdrawEvidence{kCampaign, id, "改用新件"}, "10-13 11:00"));
  EXPECT_EQ(withdrawn.evidence, id);
  EXPECT_EQ(standing(id).status, EvidenceStanding::Status::withdrawn);
}

TEST_F(EvidenceOf, ItIsShownToWhoReadsTheTableAndToItsCustodian) {
  auto command = registration("staff");
  command.what.custodian = DepartmentId("COL");
  const LeafIndex id = state_.size;
  accept("COL.filler", command, "10-12 09:00");
  for (const char* reader : {"HR.filler", "HR.head", "COL.reviewer", "centre", "group", "admin"}) {
    accept(reader, ShowEvidence{kCampaign, id, ""}, "10-12 10:00");
  }
  for (const char* other : {"PO.head", "AA.filler", "appraisal", "committee"}) {
    EXPECT_EQ(refuse(other, ShowEvidence{kCampaign, id, ""}, "10-12 10:00").code,
              RefusalCode::right_missing)
        << other;
  }
  EXPECT_EQ(refuse("centre", ShowEvidence{kCampaign, id + 99, ""}, "10-12 10:00").code,
            RefusalCode::unknown_subject);
}

TEST_F(EvidenceOf, ItIsMissedByWhoReviewsAndByTheServiceItself) {
  const LeafIndex id = registered();
  const ReportEvidenceMissing report{kCampaign, id, "未见原件"};
  for (const char* other : {"PO.filler", "PO.head", "HR.reviewer", "group", "admin"}) {
    EXPECT_EQ(refuse(other, report, "10-12 10:00").code, RefusalCode::right_missing) << other;
  }
  EXPECT_EQ(
      refuse("centre", ReportEvidenceMissing{kCampaign, id, ""}, "10-12 10:00").code,
      RefusalCode::reason_missing);
  Envelope found;
  found.account = AccountId("PO.filler");
  found.received_at = at("10-12 10:00");
  found.by_process = true;
  const auto decided = decide(state_, report, found, found.received_at);
  ASSERT_TRUE(std::holds_alternative<Decision>(decided));
  EXPECT_EQ(std::get<Decision>(decided).actor.person, PersonId("system"));

  accept("appraisal", report, "10-12 11:00");
  EXPECT_EQ(refuse("centre", report, "10-12 12:00").code, RefusalCode::already_exists);
  EXPECT_EQ(refuse("PO.head", ShowEvidence{kCampaign, id, ""}, "10-12 12:00").code,
            RefusalCode::already_exists);
}

TEST_F(EvidenceOf, ItIsWithdrawnByItsDepartmentWithAReason) {
  const LeafIndex id = registered();
  for (const char* other : {"HR.filler", "PO.head", "centre", "appraisal"}) {
    EXPECT_EQ(refuse(other, WithdrawEvidence{kCampaign, id, "x"}, "10-12 10:00").code,
              RefusalCode::right_missing)
        << other;
  }
  EXPECT_EQ(refuse("PO.filler", WithdrawEvidence{kCampaign, id, ""}, "10-12 10:00").code,
            RefusalCode::reason_missing);
  accept("PO.filler", WithdrawEvidence{kCampaign, id, "错传"}, "10-12 10:00");
  EXPECT_EQ(refuse("PO.filler", WithdrawEvidence{kCampaign, id, "x"}, "10-12 11:00").code,
            RefusalCode::already_exists);
  EXPECT_EQ(refuse("centre", ReportEvidenceMissing{kCampaign, id, "x"}, "10-12 11:00").code,
            RefusalCode::already_exists);
}

TEST_F(EvidenceOf, ATableThatRequiresItIsNotSubmittedWithout) {
  accept("PO.filler", change("units"), "10-10 09:00");
  const auto without = refuse("PO.filler", submission("PO.filler", "units"), "10-12 09:00");
  EXPECT_EQ(without.code, RefusalCode::evidence_missing);
  EXPECT_EQ(without.facts.at("requirements"), "list");
  auto photo = registration();
  photo.what.kind = "photo";
  registered(photo);
  EXPECT_EQ(refuse("PO.filler", submission("PO.filler", "units"), "10-12 09:00").code,
            RefusalCode::evidence_missing);
  const LeafIndex id = registered();
  accept("PO.filler", WithdrawEvidence{kCampaign, id, "错传"}, "10-12 10:00");
  EXPECT_EQ(refuse("PO.filler", submission("PO.filler", "units"), "10-12 11:00").code,
            RefusalCode::evidence_missing);
  registered();
  accept("PO.filler", submission("PO.filler", "units"), "10-12 12:00");
  // Asked for at the signature only.
  accept("PO.filler", change("profile"), "10-10 09:00");
  accept("PO.filler", submission("PO.filler", "profile"), "10-12 12:00");
}

TEST_F(EvidenceOf, WhereEveryRowWantsOneTheRowsAreCounted) {
  registered();
  pass("PO", "units");
  accept("HR.filler", change("staff", {2, 0, 0}), "10-12 13:00");
  auto each = registration("staff", 7);
  each.what.custodian = DepartmentId("HR");
  each.covers = {cover_of("100001")};
  each.covers.front().table = TableKey("staff");
  const LeafIndex id = state_.size;
  accept("HR.filler", each, "10-12 14:00");
  EXPECT_EQ(standing(id).requirements, std::vector<std::string>{"each"});
  auto one = submission("HR.filler", "staff");
  EXPECT_EQ(refuse("HR.filler", one, "10-12 15:00").code, RefusalCode::evidence_missing);
  one.evidence_rows["each"] = 1;
  EXPECT_EQ(refuse("HR.filler", one, "10-12 15:00").code, RefusalCode::evidence_missing);
  one.evidence_rows["each"] = 2;
  // Counted before something was withdrawn.
  auto counted_before = one;
  accept("HR.filler", WithdrawEvidence{kCampaign, id, "错传"}, "10-12 15:00");
  EXPECT_EQ(refuse("HR.filler", counted_before, "10-12 15:00").code,
            RefusalCode::evidence_missing);
  counted_before.evidence_as_of = state_.size;
  accept("HR.filler", counted_before, "10-12 16:00");
}

TEST(EvidenceRequirements, AreMetByNameByColumnOrAsAWhole) {
  const auto met = [](const EvidenceRequirement& requirement,
                      const std::vector<EvidenceCover>& covers, const std::string& kind = "report") {
    return !requirements_met({requirement}, TableKey("units"), kind, covers).empty();
  };
  const auto table = requirement_of({}, false);
  EXPECT_TRUE(met(table, {cover_of({})}));
  EXPECT_TRUE(met(table, {cover_of({}, "", "r")}));
  EXPECT_FALSE(met(table, {cover_of({}, "a")}));
  EXPECT_FALSE(met(table, {cover_of("1")}));
  EXPECT_FALSE(met(table, {cover_of({})}, "photo"));
  EXPECT_FALSE(met(table, {cover_of({}, "", "other")}));

  const auto columns = requirement_of({"a", "b"}, false);
  EXPECT_TRUE(met(columns, {cover_of({})}));
  EXPECT_TRUE(met(columns, {cover_of({}, "a"), cover_of({}, "b")}));
  EXPECT_FALSE(met(columns, {cover_of({}, "a")}));
  EXPECT_TRUE(met(columns, {cover_of({}, "a", "r")}));

  const auto each = requirement_of({"a", "b"}, true);
  EXPECT_FALSE(met(each, {cover_of({})}));
  EXPECT_TRUE(met(each, {cover_of("1")}));
  EXPECT_FALSE(met(each, {cover_of("1", "a"), cover_of("2", "b")}));
  EXPECT_EQ(rows_met(each, {cover_of("1", "a"), cover_of("1", "b"), cover_of("2", "", "r"),
                            cover_of("3", "b")}),
            (std::vector<RowKey>{RowKey("1"), RowKey("2")}));
}

}  // namespace countersign::ledger
