// What the areas of the domain store: every event comes back from its header and items, words stand
// in the payload alone, and a definition's rulebook comes back equal or says where it is wrong.
#include "ledger/base/canonical_json.h"
#include "ledger/domain/campaign_codec.h"
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "tests/domain/decider_spec.h"

#include <nlohmann/json.hpp>

namespace countersign::ledger {

namespace {

const TableKey kTable("staff");
const DepartmentId kUnit("HR");
const std::string kWords = "张三说明";  // may stand in no header

Hash hash_of(char c) {
  Hash hash{};
  hash.fill(static_cast<std::uint8_t>(c));
  return hash;
}
const VersionRef kVersion{2, hash_of('v'), 7};

// A command with the event that is decided from it.
struct Stored {
  Command command;
  Event event;
};

std::vector<Stored> validation_acts() {
  const std::vector<RuleOutcome> outcomes = {
      {"X01", 1, Severity::blocking, 0, 0, false, {}},
      {"X02", 3, Severity::blocking, 2, 1, false, {}},
      {"W01", 1, Severity::warning, 0, 0, false, {}},
      {"W02", 1, Severity::warning, 0, 0, true, "took too long"}};
  const std::vector<RuleFinding> findings = {{"X02", RowKey("7|" + kWords), "unit_no", kWords},
                                             {"X02", std::nullopt, "", ""}};
  return {{RecordValidation{kCampaign, kTable, kVersion, 9, 4, outcomes, findings},
           ValidationRun{kCampaign, kTable, kVersion, 9, 4, outcomes, findings}},
          {ExplainFinding{kCampaign,
                          kTable,
                          "X02",
                          RowKey(kWords),
                          "unit_no",
                          1,
                          kWords,
                          {{hash_of('d'), kWords}}},
           FindingExplained{kCampaign,
                            kTable,
                            "X02",
                            3,
                            12,
                            "unit_no",
                            1,
                            RowKey(kWords),
                            kWords,
                            {{hash_of('d'), kWords}}}},
          {DecideExplanation{kCampaign, kTable, 13, false, kWords},
           ExplanationDecided{kCampaign, kTable, 13, false, kWords}},
          {WithdrawRule{kCampaign, "X02", 3, kWords}, RuleWithdrawn{kCampaign, "X02", 3, kWords}}};
}

std::vector<Stored> indicator_acts() {
  const std::vector<PlanItem> items = {{"1", kWords, kWords, kWords, at("12-31 18:00")}};
  return {
      {DraftPlan{kCampaign, "ratio", items}, PlanDrafted{kCampaign, "ratio", kUnit, 2, 1, items}},
      {DecidePlan{kCampaign, "ratio", 13, {{"1", false, kWords}, {"2", true, {}}}},
       PlanDecided{kCampaign, "ratio", 20, 13, false, {{"1", false, kWords}, {"2", true, {}}}}},
      {FollowUpPlan{kCampaign, CampaignId("2019"), "ratio", "1", FollowUp::done, kWords},
       PlanFollowedUp{kCampaign, CampaignId("2019"), "ratio", "1", FollowUp::done, kWords}}};
}

std::vector<Stored> evidence_acts() {
  const EvidenceDescription what{
      hash_of('e'), 1024, "application/pdf", kUnit, "roster", true, kWords, kWords, kWords};
  const std::vector<EvidenceCover> covers = {{kTable, RowKey(kWords), "title", {}, {}},
                                             {{}, std::nullopt, {}, "roster", "ratio"}};
  return {
      {RegisterEvidence{kCampaign, kTable, what, covers},
       EvidenceRegistered{kCampaign, kTable, what, {"roster"}, 1, covers}},
      {ShowEvidence{kCampaign, 30, kWords},
       EvidenceShown{kCampaign, kTable, 30, hash_of('e'), kWords}},
      {WithdrawEvidence{kCampaign, 30, kWords}, EvidenceWithdrawn{kCampaign, kTable, 30, kWords}},
      {ReportEvidenceMissing{kCampaign, 30, kWords},
       EvidenceMissing{kCampaign, kTable, 30, kWords}}};
}

std::vector<Stored> carried_and_corrected() {
  return {{ConfirmRows{kCampaign, kTable, {RowKey(kWords), RowKey("2")}, true},
           RowsConfirmed{kCampaign, kTable, 2, true, {RowKey(kWords), RowKey("2")}}},
          {RequestCorrection{kCampaign, kTable, RowKey(kWords), "title", kWords},
           CorrectionRequested{kCampaign, kTable, "title", RowKey(kWords), kWords}},
          {AnswerCorrection{kCampaign, kTable, 31, true, kWords},
           CorrectionAnswered{kCampaign, kTable, 31, true, kWords}}};
}

std::vector<Stored> case_acts() {
  const std::vector<std::string> facts = {"F1-12", "F4-20"};
  const Timestamp until = at("10-28 00:00");
  return {{OpenCase{kCampaign, kUnit, facts, kWords}, CaseOpened{kCampaign, kUnit, facts, kWords}},
          {ServeCase{kCampaign, 40, kWords},
           CaseServed{kCampaign, kUnit, 40, hash_of('p'), until, kWords}},
          {ConcludeCase{kCampaign, 40, CaseOutcome::published, 50, kWords, {kWords, kWords}, facts},
           CaseConcluded{kCampaign,
                         kUnit,
                         40,
                         CaseOutcome::published,
                         facts,
                         50,
                         until,
                         kWords,
                         {kWords, kWords}}},
          {CorrectCase{kCampaign, 40, kWords, kWords, facts},
           CaseCorrected{kCampaign, kUnit, 40, facts, kWords, kWords}}};
}

std::vector<Stored> reminder_acts() {
  return {{ChaseUnit{kCampaign, kUnit, {kTable}, kWords},
           UnitChased{kCampaign, kUnit, {kTable}, kWords}},
          {AnswerChase{kCampaign, 60, at("11-04 18:00"), kWords},
           ChaseAnswered{kCampaign, kUnit, 60, at("11-04 18:00"), kWords}},
          {RecordReadiness{kCampaign, {kUnit}, ReadinessKind::training, kWords},
           DepartmentsReady{kCampaign, {kUnit}, ReadinessKind::training, kWords}},
          {RecordOutage{kCampaign, at("11-02 13:00"), at("11-02 19:40"), {kTable}, kWords},
           OutageRecorded{kCampaign, at("11-02 13:00"), at("11-02 19:40"), {kTable}, kWords}}};
}

std::vector<Stored> erasures() {
  EraseRow command{kCampaign, kTable, RowKey(kWords), {hash_of('o'), kWords}, kWords};
  command.targets = {{4, 1, hash_of('a')}, {9, 0, hash_of('b')}};
  EraseTexts texts{4, {}, command.order, command.basis, kCampaign, kTable};
  texts.targets = {
      {4, 0, hash_of('c'), R"({"erased":["text"],"kind":"text","role":"reason"})"}};
  ErasePerson person{PersonId("p-1"), command.order, command.basis};
  person.targets = {
      {1, 3, hash_of('d'), R"({"department":"HR","erased":["name"],"id":"p-1","kind":"person"})"}};
  return {{command,
           RowErased{kCampaign, kTable, 2, command.order, command.basis, command.targets}},
          {texts, TextsErased{kCampaign, kTable, 4, 1, texts.order, texts.basis, texts.targets}},
          {person, PersonErased{person.person, 1, person.order, person.basis, person.targets}}};
}

// Events that say everything in their headers.
std::vector<Event> header_only() {
  const std::vector<QuantityValue> quantities = {{"students", 1, 20610, 7},
                                                 {"teachers", 2, 1144.5, 2}};
  const std::vector<IndicatorValue> values = {
      {"ratio", 1, 18.0157, 18.0, IndicatorResult::fails},
      {"broken", 1, std::nullopt, std::nullopt, IndicatorResult::undefined}};
  return {IndicatorsComputed{kCampaign, 9, 4, {{kTable, kVersion}}, quantities, values},
          PlanRequired{kCampaign, "ratio", kUnit},
          PackSealed{kCampaign, 40, hash_of('p'), 4096, 70},
          CaseAcknowledged{kCampaign, kUnit, 40},
          TableAttested{kCampaign, kTable, {hash_of('h'), 3}}};
}

RecordedEvent recorded_of(Event event) {
  RecordedEvent recorded;
  recorded.index = 5;
  recorded.actor = {PersonId("p-1"), AccountId("hr.filler"), {Role::filler, kUnit}, {}};
  recorded.received_at = recorded.sequenced_at = at("10-20 10:00");
  recorded.command_id = CommandId("c");
  recorded.event = std::move(event);
  return recorded;
}

// The same event with everything its header leaves out taken out again.
std::vector<std::string> items_of(const Command& command) {
  const auto payloads = payload_items(command);
  return payloads.empty() ? std::vector<std::string>() : payloads.front();
}

RecordedEvent read_back(const std::string& header, const std::vector<std::string>& items) {
  auto decoded = decode_header(header);
  EXPECT_TRUE(decoded) << header;
  if (!decoded) return {};
  const std::vector<std::string_view> views(items.begin(), items.end());
  const auto read = decode_items(decoded->event, views);
  EXPECT_TRUE(read) << (read ? "" : read.error().detail) << header;
  return decoded->event;
}

// What the payload says of the event, as the command's items would say it again.
struct ItemsAgain {
  std::vector<std::string> operator()(const ValidationRun& e) const {
    return items_of(RecordValidation{{}, {}, {}, 0, 0, {}, e.findings});
  }
  std::vector<std::string> operator()(const FindingExplained& e) const {
    return items_of(ExplainFinding{{}, {}, {}, e.row, {}, 0, e.reason, e.evidence});
  }
  std::vector<std::string> operator()(const ExplanationDecided& e) const {
    return items_of(DecideExplanation{{}, {}, 0, false, e.reason});
  }
  std::vector<std::string> operator()(const RuleWithdrawn& e) const {
    return items_of(WithdrawRule{{}, {}, 0, e.reason});
  }
  std::vector<std::string> operator()(const PlanDrafted& e) const {
    return items_of(DraftPlan{{}, {}, e.items});
  }
  std::vector<std::string> operator()(const PlanDecided& e) const {
    return items_of(DecidePlan{{}, {}, 0, e.items});
  }
  std::vector<std::string> operator()(const PlanFollowedUp& e) const {
    return items_of(FollowUpPlan{{}, {}, {}, {}, e.outcome, e.text});
  }
  std::vector<std::string> operator()(const EvidenceRegistered& e) const {
    return items_of(RegisterEvidence{{}, {}, e.what, e.covers});
  }
  std::vector<std::string> operator()(const EvidenceShown& e) const {
    return items_of(ShowEvidence{{}, 0, e.to});
  }
  std::vector<std::string> operator()(const EvidenceWithdrawn& e) const {
    return items_of(WithdrawEvidence{{}, 0, e.reason});
  }
  std::vector<std::string> operator()(const EvidenceMissing& e) const {
    return items_of(ReportEvidenceMissing{{}, 0, e.reason});
  }
  std::vector<std::string> operator()(const RowsConfirmed& e) const {
    return items_of(ConfirmRows{{}, {}, e.rows, false});
  }
  std::vector<std::string> operator()(const CorrectionRequested& e) const {
    return items_of(RequestCorrection{{}, {}, e.row, {}, e.text});
  }
  std::vector<std::string> operator()(const CorrectionAnswered& e) const {
    return items_of(AnswerCorrection{{}, {}, 0, false, e.reason});
  }
  std::vector<std::string> operator()(const CaseOpened& e) const {
    return items_of(OpenCase{{}, {}, {}, e.title});
  }
  std::vector<std::string> operator()(const CaseServed& e) const {
    return items_of(ServeCase{{}, 0, e.to});
  }
  std::vector<std::string> operator()(const CaseConcluded& e) const {
    return items_of(ConcludeCase{{}, 0, e.outcome, {}, e.text, e.to, {}});
  }
  std::vector<std::string> operator()(const CaseCorrected& e) const {
    return items_of(CorrectCase{{}, 0, e.text, e.reason, {}});
  }
  std::vector<std::string> operator()(const UnitChased& e) const {
    return items_of(ChaseUnit{{}, {}, {}, e.text});
  }
  std::vector<std::string> operator()(const ChaseAnswered& e) const {
    return items_of(AnswerChase{{}, 0, {}, e.text});
  }
  std::vector<std::string> operator()(const DepartmentsReady& e) const {
    return items_of(RecordReadiness{{}, {}, e.what, e.text});
  }
  std::vector<std::string> operator()(const OutageRecorded& e) const {
    return items_of(RecordOutage{{}, {}, {}, {}, e.text});
  }
  std::vector<std::string> operator()(const RowErased& e) const {
    return items_of(EraseRow{{}, {}, {}, e.order, e.basis, e.targets});
  }
  std::vector<std::string> operator()(const TextsErased& e) const {
    return items_of(EraseTexts{0, {}, e.order, e.basis, {}, {}, {}, e.targets});
  }
  std::vector<std::string> operator()(const PersonErased& e) const {
    return items_of(ErasePerson{{}, e.order, e.basis, e.targets});
  }
  template <typename Other>
  std::vector<std::string> operator()(const Other&) const {
    return {};
  }
};

std::vector<std::string> items_again(const Event& event) { return std::visit(ItemsAgain(), event); }

class AreaCodec : public ::testing::TestWithParam<std::vector<Stored>> {};

}  // namespace

TEST_P(AreaCodec, AnEventComesBackAndItsWordsStandInThePayloadAlone) {
  for (const auto& [command, event] : GetParam()) {
    const auto items = items_of(command);
    const std::string header = encode_header(recorded_of(event), "spec.example/log", {});
    EXPECT_EQ(header.find(kWords), std::string::npos) << header;
    const RecordedEvent back = read_back(header, items);
    EXPECT_EQ(encode_header(back, "spec.example/log", {}), header);
    EXPECT_EQ(back.event.index(), event.index());
    EXPECT_FALSE(items.empty());
    EXPECT_EQ(items_again(back.event), items) << header;
  }
}

// Keys of rows are no words: they stand in row heads as well.
TEST_P(AreaCodec, WhereWordsWereErasedTheEventSaysSoAndIsOtherwiseWhatItWas) {
  for (const auto& [command, event] : GetParam()) {
    const auto whole = items_of(command);
    std::vector<std::string> left;
    std::vector<std::string> marked;  // as if the words had been the mark from the beginning
    std::size_t erased = 0;
    for (const std::string& item : whole) {
      const auto without = left_without_words(item);
      if (without) ++erased;
      left.push_back(without.value_or(item));
      auto read = nlohmann::json::parse(left.back());
      restore_words(read);
      marked.push_back(canonical_text(read));
      if (without) {
        EXPECT_EQ(left_without_words(*without), std::nullopt) << "once";
        if (!read.contains("row")) {
          EXPECT_EQ(without->find(kWords), std::string::npos) << *without;
        }
        EXPECT_NE(marked.back().find(kErasedText), std::string::npos);
      }
    }
    const std::string header = encode_header(recorded_of(event), "spec.example/log", {});
    const RecordedEvent back = read_back(header, left);
    EXPECT_EQ(encode_header(back, "spec.example/log", {}), header);
    EXPECT_EQ(items_again(back.event), marked) << header;
    const bool keys_only = std::holds_alternative<RowsConfirmed>(event);
    EXPECT_EQ(erased > 0, !keys_only) << header;
  }
}

TEST(ErasedWords, AreNeitherKeysNorSignaturesNorLabelsThatWereSigned) {
  RowChange row;
  row.table = kTable;
  row.key = RowKey(kWords);
  row.cells = {{"name", kWords}};
  for (const std::string& item :
       {row_item(row), text_item("row", kWords), text_item("label", kWords),
        std::string(R"({"kind":"sign_off","note":"x"})"),
        std::string(R"({"kind":"enrolment","note":"x"})"),
        std::string(R"({"kind":"credential","sealed_key":"x","verifier":"x"})"),
        std::string(R"({"entry":1,"item":0,"kind":"erased","leaf":"x"})"),
        std::string(R"({"kind":"person","id":"p","name":"x"})"), std::string("no JSON")}) {
    EXPECT_EQ(left_without_words(item), std::nullopt) << item;
  }
}

TEST(ErasedWords, OfAPersonTheIdAndTheDepartmentAreLeft) {
  const std::string item =
      R"({"department":"HR","id":"p-1","kind":"person","name":"x","staff_no":"7"})";
  EXPECT_EQ(left_without_name(item, PersonId("p-2")), std::nullopt);
  const auto left = left_without_name(item, PersonId("p-1"));
  EXPECT_EQ(left, R"({"department":"HR","erased":["name"],"id":"p-1","kind":"person"})");
  EXPECT_EQ(left_without_name(*left, PersonId("p-1")), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Areas, AreaCodec,
                         ::testing::Values(validation_acts(), indicator_acts(), evidence_acts(),
                                           carried_and_corrected(), case_acts(), reminder_acts(),
                                           erasures()));

TEST(AreaCodecs, AHeaderAloneSaysWhatHasNoPayload) {
  for (const Event& event : header_only()) {
    const std::string header = encode_header(recorded_of(event), "spec.example/log", {});
    EXPECT_EQ(encode_header(read_back(header, {}), "spec.example/log", {}), header);
  }
}

TEST(AreaCodecs, CarriedRowsNameWhereTheyComeFrom) {
  RowsChanged rows{kCampaign, kTable, 1, {1680, 0, 0}, {}, {}, {}};
  rows.carried = CarrySource{CampaignId("2019"), TableKey("personnel"), kVersion, {"degree"}};
  const std::string header = encode_header(recorded_of(rows), "spec.example/log", {});
  const RecordedEvent back = read_back(header, {});
  EXPECT_EQ(encode_header(back, "spec.example/log", {}), header);
  const auto& carried = std::get<RowsChanged>(back.event).carried;
  ASSERT_TRUE(carried);
  EXPECT_EQ(carried->version.hash, kVersion.hash);
  EXPECT_EQ(carried->new_items, std::vector<std::string>{"degree"});
}

namespace {

nlohmann::json with_rulebook() {
  auto json = nlohmann::json::parse(sample_definition());
  json["school_type"] = "normal";
  json["count_floor"] = 10;
  json["assist_notice_days"] = 2;
  json["readiness"] = {"accounts", "training"};
  json["previous"] = {{"campaign", "2019"},
                      {"tables",
                       {{{"table", "staff"},
                         {"from", "personnel"},
                         {"columns", {{{"column", "title"}, {"from", "rank"}}}}}}}};
  json["evidence"] = {{{"id", "roster"},
                       {"name", {{"zh", "名册"}, {"en", "roster"}}},
                       {"table", "staff"},
                       {"columns", {"title"}},
                       {"kinds", {"hr_export"}},
                       {"per_row", true},
                       {"required_at", "signature"}}};
  json["rules"] = {{{"id", "X05"},
                    {"version", 2},
                    {"kind", "existence"},
                    {"severity", "warning"},
                    {"name", {{"zh", "单位存在"}, {"en", "unit exists"}}},
                    {"author", "HR"},
                    {"needs_evidence", true},
                    {"checks",
                     {{{"table", "staff"},
                       {"reads", {"units"}},
                       {"reads_previous", {"staff"}},
                       {"sql", "SELECT _key AS row FROM staff"}}}}}};
  json["quantities"] = {{{"id", "teachers"},
                         {"version", 1},
                         {"name", {{"zh", "教师"}, {"en", "teachers"}}},
                         {"unit", {{"zh", "人"}, {"en", "persons"}}},
                         {"reads", {"staff"}},
                         {"sql", "SELECT 1 AS value FROM staff"}}};
  json["indicators"] = {
      {{"id", "ratio"},
       {"version", 1},
       {"name", {{"zh", "生师比"}, {"en", "ratio"}}},
       {"unit", {{"zh", ""}, {"en", ""}}},
       {"decimals", 3},
       {"quantities", {"teachers"}},
       {"formula", "100 / teachers"},
       {"better", "lower"},
       {"marks", {{{"school_type", "normal"}, {"pass", 18.5}, {"restricted", 22}}}},
       {"alternative",
        {{"name", {{"zh", "另一条件"}, {"en", "another way"}}}, {"condition", "teachers > 10"}}},
       {"department", "HR"}}};
  return json;
}

std::string problem_of(const nlohmann::json& json) {
  const auto parsed = parse_campaign(json.dump());
  return parsed ? std::string("accepted") : parsed.error().detail;
}

}  // namespace

TEST(Rulebook, ComesBackEqual) {
  const auto definition = parse_campaign(with_rulebook().dump());
  ASSERT_TRUE(definition) << definition.error().detail;
  const std::string text = encode_campaign(**definition);
  EXPECT_EQ(encode_campaign(**parse_campaign(text)), text);
  const CampaignDefinition& read = **definition;
  EXPECT_EQ(read.rule("X05")->cited(), "X05@2");
  EXPECT_EQ(read.indicator("ratio")->mark_for("normal")->pass, 18.5);
  EXPECT_EQ(read.indicator("ratio")->mark_for("medical"), nullptr);
  EXPECT_EQ(read.previous->table(kTable)->from.value, "personnel");
  EXPECT_EQ(read.count_floor, 10u);
  EXPECT_EQ(read.assist_notice_days, 2u);
}

TEST(Rulebook, WhatPointsNowhereIsNamedByItsPlace) {
  const auto with = [](auto change) {
    auto json = with_rulebook();
    change(json);
    return problem_of(json);
  };
  EXPECT_EQ(with([](auto&) {}), "accepted");
  EXPECT_EQ(with([](auto& j) { j["rules"][0]["checks"][0]["reads"] = {"nope"}; }),
            "/rules/X05 names unknown table nope");
  EXPECT_EQ(with([](auto& j) { j["rules"][0]["version"] = 0; }),
            "/rules/0/version must count from 1");
  EXPECT_EQ(with([](auto& j) { j["rules"][0]["kind"] = "guess"; }),
            "/rules/0/kind is not one of the values allowed");
  EXPECT_EQ(with([](auto& j) { j.erase("previous"); }),
            "/rules/X05 reads a previous edition, and there is none");
  EXPECT_EQ(with([](auto& j) { j["rules"][0]["checks"] = nlohmann::json::array(); }),
            "/rules/X05 has no check");
  EXPECT_EQ(with([](auto& j) { j["quantities"][0]["id"] = "no name"; }),
            "/quantities/no name needs a name of letters, digits and '_'");
  EXPECT_EQ(with([](auto& j) { j["indicators"][0]["quantities"] = {"nope"}; }),
            "/indicators/ratio uses unknown nope");
  EXPECT_EQ(with([](auto& j) { j["indicators"][0]["department"] = "XX"; }),
            "/indicators/ratio has an unknown department");
  EXPECT_EQ(with([](auto& j) { j["evidence"][0]["columns"] = {"nope"}; }),
            "/evidence/roster names unknown column nope");
  EXPECT_EQ(with([](auto& j) { j["tables"][1]["subject_column"] = "nope"; }),
            "/tables/staff has an unknown subject_column");
  EXPECT_EQ(with([](auto& j) { j["assist_notice_days"] = 61; }),
            "/assist_notice_days is more than 60");
  EXPECT_EQ(with([](auto& j) { j["readiness"] = {"coffee"}; }),
            "/readiness is not one of the values allowed");
  EXPECT_EQ(with([](auto& j) { j["previous"]["campaign"] = "2020"; }),
            "/previous is the campaign itself");
}

class RulebookVersions : public DeciderSpec {
 protected:
  Command define(const nlohmann::json& json) {
    const auto definition = parse_campaign(json.dump());
    EXPECT_TRUE(definition) << definition.error().detail;
    const auto known = state_.directory->campaigns.find(kCampaign);
    return DefineCampaign{
        *definition, {}, known == state_.directory->campaigns.end() ? 0 : known->second.revision};
  }
};

TEST_F(RulebookVersions, WhatHasAnotherMeaningHasAnotherVersion) {
  open_campaign();
  auto json = with_rulebook();
  accept("admin", define(json), "10-08 09:00");
  accept("admin", define(json), "10-08 09:10");
  const auto changed = [&](const std::string& list, const std::string& member, auto value) {
    auto copy = json;
    copy[list][0][member] = value;
    return copy;
  };
  for (const auto& next : {changed("rules", "severity", "blocking"),
                           changed("quantities", "sql", "SELECT 2 AS value FROM staff"),
                           changed("indicators", "formula", "200 / teachers")}) {
    EXPECT_EQ(refuse("admin", define(next), "10-08 10:00").code, RefusalCode::version_not_raised);
  }
  auto raised = changed("rules", "severity", "blocking");
  raised["rules"][0]["version"] = 3;
  accept("admin", define(raised), "10-08 11:00");
  EXPECT_EQ(refuse("admin", define(json), "10-08 12:00").code, RefusalCode::version_not_raised);
}

}  // namespace countersign::ledger
