// Words that are erased leave the views at once, and leave them as building them anew would.
#include "ledger/content/payload.h"
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "projections/accountability/apply.h"
#include "projections/bulletins/apply.h"
#include "projections/cases/apply.h"
#include "projections/entries/apply.h"
#include "projections/erased_texts.h"
#include "projections/evidence/apply.h"
#include "projections/indicators/apply.h"
#include "projections/proceedings/apply.h"
#include "projections/projector.h"
#include "projections/reminders/apply.h"
#include "projections/rules/apply.h"
#include "projections/step.h"
#include "projections/subjects/apply.h"
#include "projections/view_store.h"
#include "tests/projections/followed.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

using namespace countersign::ledger;

const std::string kWords = "张三生病";
const TableKey kBooks("books");
const DepartmentId kLibrary("LIB");
constexpr LeafIndex kFirst = 100;

Hash hash_of(char c) {
  Hash hash{};
  hash.fill(static_cast<std::uint8_t>(c));
  return hash;
}

// What somebody said, and the event that holds it.
struct Said {
  Command command;
  Event event;
};

// One of every event that has words in a view besides the list of entries. Each names those before
// it by kFirst and its place.
std::vector<Said> everything_said() {
  const DocumentRef document{hash_of('d'), kWords};
  const std::vector<ReturnReason> reasons = {{RowKey("1"), "count", "B1", kWords},
                                             {RowKey("2"), "count", "B1", kWords}};
  const std::vector<Opinion> opinions = {{kBooks, kWords}};
  const std::vector<RuleFinding> findings = {{"B1", RowKey("1"), "count", kWords},
                                             {"B1", RowKey("2"), "count", ""}};
  const EvidenceDescription file{
      hash_of('e'), 9, "text/plain", kLibrary, "report", false, kWords, kWords, kWords};
  const std::vector<PlanItem> items = {{"1", kWords, kWords, kWords, october(30, 0)}};
  const std::vector<PlanItemDecision> decisions = {{"1", false, kWords}};
  const Timestamp due = october(20, 0);
  const std::string fact = "F1-9";
  return {
      {DecideCampaign{kCampaign, BodyId("b"), {}, {}, 3, document, opinions, due},
       CampaignDecided{kCampaign, BodyId("b"), {}, {}, 3, document, {kBooks}, opinions, due}},
      {TableCampaign{kCampaign, BodyId("b"), document},
       CampaignTabled{kCampaign, BodyId("b"), document}},
      {GrantException{kCampaign, kBooks, due, kWords},
       ExceptionGranted{kCampaign, kBooks, due, kWords}},
      {SubmitCampaign{kCampaign, document}, CampaignSubmitted{kCampaign, {}, document, due}},
      {AcceptCampaign{kCampaign, document}, CampaignAccepted{kCampaign, document}},
      {ReopenCampaign{kCampaign, document, {kBooks}, due},
       CampaignReopened{kCampaign, document, {kBooks}, due}},
      {ObjectToFact{kCampaign, fact, kLibrary, kWords, {document}},
       FactObjected{kCampaign, fact, kLibrary, 1, kWords, {document}}},
      {DecideFact{kCampaign, fact, kLibrary, Verdict::upheld, {}, kWords},
       FactDecided{kCampaign, fact, kLibrary, Verdict::upheld, {}, kWords}},
      // kFirst + 8
      {DraftBulletin{kCampaign, {kLibrary}, {fact}, kWords},
       BulletinDrafted{kCampaign, {kLibrary}, {fact}, due, kWords}},
      {PublishBulletin{kCampaign, kFirst + 8, {kWords, "all"}},
       BulletinPublished{kCampaign, kFirst + 8, kFirst + 8, {kWords, "all"}}},
      {CorrectBulletin{kCampaign, kFirst + 8, {}, {}, kWords, kWords},
       BulletinCorrected{kCampaign, kFirst + 8, {}, {}, due, kWords, kWords}},
      {PublishBulletin{kCampaign, kFirst + 8, {"others"}},
       BulletinPublished{kCampaign, kFirst + 8, kFirst + 10, {"others"}}},
      // kFirst + 12
      {RecordValidation{kCampaign, kBooks, {}, 0, 1, {}, findings},
       ValidationRun{kCampaign, kBooks, {}, 0, 1, {}, findings}},
      {ExplainFinding{kCampaign, kBooks, "B1", RowKey("1"), "count", 1, kWords, {document}},
       FindingExplained{kCampaign, kBooks, "B1", 1, kFirst + 12, "count", 1, RowKey("1"), kWords,
                        {document}}},
      {DecideExplanation{kCampaign, kBooks, kFirst + 13, false, kWords},
       ExplanationDecided{kCampaign, kBooks, kFirst + 13, false, kWords}},
      {WithdrawRule{kCampaign, "B1", 1, kWords}, RuleWithdrawn{kCampaign, "B1", 1, kWords}},
      // kFirst + 16
      {DraftPlan{kCampaign, "ratio", items},
       PlanDrafted{kCampaign, "ratio", kLibrary, 1, 1, items}},
      {DecidePlan{kCampaign, "ratio", 3, decisions},
       PlanDecided{kCampaign, "ratio", kFirst + 16, 3, false, decisions}},
      {FollowUpPlan{kCampaign, CampaignId("2019"), "ratio", "1", FollowUp::done, kWords},
       PlanFollowedUp{kCampaign, CampaignId("2019"), "ratio", "1", FollowUp::done, kWords}},
      // kFirst + 19
      {RegisterEvidence{kCampaign, kBooks, file, {}},
       EvidenceRegistered{kCampaign, kBooks, file, {}, 0, {}}},
      {ShowEvidence{kCampaign, kFirst + 19, kWords},
       EvidenceShown{kCampaign, kBooks, kFirst + 19, file.hash, kWords}},
      {WithdrawEvidence{kCampaign, kFirst + 19, kWords},
       EvidenceWithdrawn{kCampaign, kBooks, kFirst + 19, kWords}},
      {RegisterEvidence{kCampaign, kBooks, file, {}},
       EvidenceRegistered{kCampaign, kBooks, file, {}, 0, {}}},
      {ReportEvidenceMissing{kCampaign, kFirst + 22, kWords},
       EvidenceMissing{kCampaign, kBooks, kFirst + 22, kWords}},
      // kFirst + 24
      {RequestCorrection{kCampaign, kBooks, RowKey("1"), "count", kWords},
       CorrectionRequested{kCampaign, kBooks, "count", RowKey("1"), kWords}},
      {AnswerCorrection{kCampaign, kBooks, kFirst + 24, false, kWords},
       CorrectionAnswered{kCampaign, kBooks, kFirst + 24, false, kWords}},
      // kFirst + 26
      {OpenCase{kCampaign, kLibrary, {fact}, kWords},
       CaseOpened{kCampaign, kLibrary, {fact}, kWords}},
      {ServeCase{kCampaign, kFirst + 26, kWords},
       CaseServed{kCampaign, kLibrary, kFirst + 26, {}, due, kWords}},
      {ConcludeCase{kCampaign, kFirst + 26, CaseOutcome::reported, {}, kWords, {kWords, "all"}, {}},
       CaseConcluded{kCampaign, kLibrary, kFirst + 26, CaseOutcome::reported, {fact}, {}, due,
                     kWords, {kWords, "all"}}},
      {CorrectCase{kCampaign, kFirst + 26, kWords, kWords, {}},
       CaseCorrected{kCampaign, kLibrary, kFirst + 26, {}, kWords, kWords}},
      // kFirst + 30
      {ChaseUnit{kCampaign, kLibrary, {kBooks}, kWords},
       UnitChased{kCampaign, kLibrary, {kBooks}, kWords}},
      {AnswerChase{kCampaign, kFirst + 30, {}, kWords},
       ChaseAnswered{kCampaign, kLibrary, kFirst + 30, {}, kWords}},
      {RecordReadiness{kCampaign, {kLibrary}, ReadinessKind::training, kWords},
       DepartmentsReady{kCampaign, {kLibrary}, ReadinessKind::training, kWords}},
      {RecordOutage{kCampaign, due, due, {kBooks}, kWords},
       OutageRecorded{kCampaign, due, due, {kBooks}, kWords}},
      {DeclineAssist{kCampaign, kBooks, "p", kWords},
       AssistDeclined{kCampaign, kBooks, "p", kLibrary, kWords}},
  };
}

// As the entry at `index` is read; `left`: after its words were erased.
RecordedEvent read(const Said& said, LeafIndex index, bool left) {
  RecordedEvent recorded;
  recorded.index = index;
  recorded.actor = {PersonId("p"), AccountId("a"), {Role::centre_office, {}}, {}};
  recorded.received_at = recorded.sequenced_at = october(20, 1);
  recorded.command_id = CommandId("c");
  recorded.event = said.event;
  auto items = payload_items(said.command).at(0);
  for (std::string& item : items) {
    if (left) item = left_without_words(item).value_or(item);
  }
  const std::vector<std::string_view> views(items.begin(), items.end());
  auto decoded = decode_header(encode_header(recorded, "test.example/2020", {})).value();
  const auto filled = decode_items(decoded.event, views);
  EXPECT_TRUE(filled) << (filled ? "" : filled.error().detail);
  return decoded.event;
}

class ErasedTexts : public ::testing::Test {
 protected:
  ErasedTexts() { ledger_.assign_and_open(october(2, 8)); }

  std::shared_ptr<ViewStore> store(const std::string& name) const {
    auto made = ViewStore::open(directory_.file(name), Projector::schema(), 1).value();
    EXPECT_TRUE(made->writer().script(
        "INSERT INTO tasks (campaign, tbl, department, phase, base, assigned_by, status,"
        " process_state, level, levels_passed, due, due_first, current_version, rows, settled)"
        " VALUES ('2020', 'books', 'LIB', 'p', 1, 1, 'open', 'open', '', 0, 7, 7, 1, 0, 0)"));
    return made;
  }

  void apply(EntryWriter& entries, Database& database, State& state, const RecordedEvent& event) {
    evolve(state, event);
    static const RowTexts kNoRows;
    const Step step{database, event, kNoRows, "2020", "books", std::nullopt, state};
    for (const auto& done :
         {entries.apply(step), apply_proceedings(step), apply_reminders(step), apply_rules(step),
          apply_accountability(step), apply_bulletins(step), apply_evidence(step),
          apply_cases(step), apply_indicators(step), apply_subjects(step)}) {
      EXPECT_TRUE(done) << event.index << ": " << (done ? "" : done.error().detail);
    }
  }

  TestLedger ledger_;
  ViewsDirectory directory_;
};

TEST_F(ErasedTexts, LeaveEveryViewAtOnceAsIfItWereBuiltAnew) {
  const auto all = everything_said();
  const auto live = store("live.sqlite");
  const auto anew = store("anew.sqlite");
  State state = ledger_.state();
  state.size = kFirst;
  State state_anew = state;
  EntryWriter entries(live->writer());
  EntryWriter entries_anew(anew->writer());
  for (std::size_t i = 0; i < all.size(); ++i) {
    apply(entries, live->writer(), state, read(all[i], kFirst + i, false));
    apply(entries_anew, anew->writer(), state_anew, read(all[i], kFirst + i, true));
  }
  EXPECT_EQ(encode_state(state), encode_state(state_anew)) << "it holds no words";
  EXPECT_NE(dump(directory_.file("live.sqlite")).find(kWords), std::string::npos);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_TRUE(apply_erased_texts(live->writer(), read(all[i], kFirst + i, true))) << i;
  }
  const std::string left = dump(directory_.file("live.sqlite"));
  EXPECT_EQ(left.find(kWords), std::string::npos);
  EXPECT_NE(left.find(kErasedText), std::string::npos);
  EXPECT_EQ(left, dump(directory_.file("anew.sqlite")));
}

}  // namespace
}  // namespace countersign::projections
