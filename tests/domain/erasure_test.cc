// Erasing what a row said, what somebody wrote, and a person's name: once, on an order, by an
// administrator, and never while somebody still needs it.
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/state_codec.h"
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class Erasure : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }

  static Hash filled(std::uint8_t byte) {
    Hash value{};
    value.fill(byte);
    return value;
  }
  static EraseTexts texts(LeafIndex entry) {
    EraseTexts command{entry, {}, {filled(1), "法院决定"}, "法律", kCampaign, TableKey("staff")};
    command.targets = {
        {entry, 0, filled(2), R"({"erased":["text"],"kind":"text","role":"reason"})"}};
    return command;
  }
  ErasePerson name_of(const std::string& person) const {
    ErasePerson command{PersonId(person), {filled(1), "法院决定"}, "法律"};
    command.targets = {{1, 4, filled(2), R"({"erased":["name"],"id":"p","kind":"person"})"}};
    command.examined = state_.size;
    return command;
  }
  static EraseRow order() {
    EraseRow command{kCampaign, TableKey("staff"), RowKey("张三"), {filled(1), "法院决定"}, "法律"};
    command.targets = {{0, 1, filled(2)}, {3, 0, filled(3)}};
    command.row_removed = true;
    return command;
  }
};

TEST_F(Erasure, SaysWhatWentOnWhoseOrderAndNotWhichRow) {
  const auto event = std::get<RowErased>(accept_stored("admin", order(), "10-14 09:00"));
  EXPECT_EQ(event.items, 2u);
  EXPECT_EQ(event.order.title, "法院决定");
  EXPECT_EQ(event.order.hash, filled(1));
  EXPECT_EQ(event.basis, "法律");
  EXPECT_EQ(event.targets, order().targets);
}

TEST_F(Erasure, IsRefusedWhileTheRowCountsAndWithoutOrderOrRight) {
  for (const char* other : {"centre", "HR.filler", "HR.head", "group", "appraisal"}) {
    EXPECT_EQ(refuse(other, order(), "10-14 09:00").code, RefusalCode::right_missing) << other;
  }
  auto wrong = order();
  wrong.row_removed = false;
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::row_in_use);
  wrong = order();
  wrong.targets.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::nothing_to_erase);
  wrong = order();
  wrong.basis.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::reason_missing);
  wrong = order();
  wrong.order.title.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::reason_missing);
  wrong = order();
  wrong.table = TableKey("none");
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::unknown_table);
  wrong = order();
  wrong.campaign = CampaignId("2019");
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::unknown_campaign);
}

TEST_F(Erasure, OfARowThatWasNeverRemovedWaitsUntilTheDataAreFinal) {
  auto standing = order();
  standing.row_removed = false;
  EXPECT_EQ(refuse("admin", standing, "10-14 09:00").code, RefusalCode::row_in_use);
  state_.campaigns[kCampaign].frozen = filled(9);
  state_.campaigns[kCampaign].changed_by = state_.size;
  accept("admin", standing, "12-14 09:00");
}

TEST_F(Erasure, OfWordsNamesTheEntryInItsHeaderAndWhatIsLeft) {
  const auto event = std::get<TextsErased>(accept_stored("admin", texts(3), "10-14 09:00"));
  EXPECT_EQ(event.campaign, kCampaign);
  EXPECT_EQ(event.table, TableKey("staff"));
  EXPECT_EQ(event.entry, 3u);
  EXPECT_EQ(event.items, 1u);
  EXPECT_EQ(event.order.title, "法院决定");
  EXPECT_EQ(event.basis, "法律");
  EXPECT_EQ(event.targets, texts(3).targets);
}

TEST_F(Erasure, OfWordsIsRefusedWithoutOrderOrRightAndOfWhatHoldsNone) {
  for (const char* other : {"centre", "HR.filler", "HR.head", "group", "appraisal"}) {
    EXPECT_EQ(refuse(other, texts(3), "10-14 09:00").code, RefusalCode::right_missing) << other;
  }
  auto wrong = texts(3);
  wrong.targets.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::nothing_to_erase);
  wrong = texts(3);
  wrong.not_texts = {2};
  const Refusal refusal = refuse("admin", wrong, "10-14 09:00");
  EXPECT_EQ(refusal.code, RefusalCode::not_a_text);
  EXPECT_EQ(refusal.facts.at("item"), "2");
  wrong = texts(3);
  wrong.basis.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::reason_missing);
  wrong = texts(3);
  wrong.order.title.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::reason_missing);
}

TEST_F(Erasure, OfWordsWaitsUntilTheyAreAnsweredOrDecided) {
  CampaignState& campaign = state_.campaigns[kCampaign];
  Task& task = campaign.tasks[TableKey("staff")];
  const auto waits = [&](bool expected) {
    if (expected) {
      EXPECT_EQ(refuse("admin", texts(3), "10-14 09:00").code, RefusalCode::text_in_use);
    } else {
      campaign.changed_by = state_.size;  // by hand
      accept("admin", texts(3), "10-14 09:00");
    }
  };
  task.open_corrections.insert(3);
  waits(true);
  task.open_corrections.clear();
  task.explanations[3].status = Explanation::Status::proposed;
  waits(true);
  task.explanations[3].status = Explanation::Status::rejected;
  campaign.bulletins[2].text = 3;
  waits(true);
  campaign.bulletins[2].published = true;
  campaign.plans["ratio"].status = RectificationPlan::Status::drafted;
  campaign.plans["ratio"].drafted_by = 3;
  waits(true);
  campaign.plans["ratio"].status = RectificationPlan::Status::accepted;
  waits(false);

  auto ground = texts(4);
  ground.fact = "F1-9";
  campaign.facts["F1-9"].objector = PersonId("p-HR.head");
  EXPECT_EQ(refuse("admin", ground, "10-14 09:00").code, RefusalCode::text_in_use);
  campaign.facts["F1-9"].objector.reset();
  campaign.changed_by = state_.size;
  accept("admin", ground, "10-14 09:00");
}

TEST_F(Erasure, OfANameLeavesTheIdInEveryDefinitionAndInTheSnapshot) {
  const PersonId person("p-HR.filler");
  const Person whole = state_.directory->persons.at(person);
  const std::string& name = whole.name;
  EXPECT_NE(encode_state(state_).find(name), std::string::npos);
  accept("admin", CloseAccount{AccountId("HR.filler"), "left"}, "10-14 09:00");
  const auto event =
      std::get<PersonErased>(accept_stored("admin", name_of(person.value), "10-14 09:01"));
  EXPECT_EQ(event.person, person);
  EXPECT_EQ(event.targets.size(), 1u);
  const Person& left = state_.directory->persons.at(person);
  EXPECT_EQ(left.name, kErasedText);
  EXPECT_EQ(left.staff_no, "");
  EXPECT_EQ(left.department, whole.department);
  EXPECT_EQ(encode_state(state_).find(name), std::string::npos);
}

TEST_F(Erasure, OfANameWaitsUntilThePersonHasLeft) {
  for (const char* other : {"centre", "HR.filler", "HR.head", "appraisal"}) {
    EXPECT_EQ(refuse(other, name_of("p-HR.filler"), "10-14 09:00").code,
              RefusalCode::right_missing)
        << other;
  }
  EXPECT_EQ(refuse("admin", name_of("p-HR.filler"), "10-14 09:00").code,
            RefusalCode::person_in_use);
  EXPECT_EQ(refuse("admin", name_of("p-nobody"), "10-14 09:00").code,
            RefusalCode::unknown_subject);
  accept("admin", CloseAccount{AccountId("HR.filler"), "left"}, "10-14 09:00");
  auto wrong = name_of("p-HR.filler");
  wrong.targets.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:01").code, RefusalCode::nothing_to_erase);
  wrong = name_of("p-HR.filler");
  wrong.basis.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:01").code, RefusalCode::reason_missing);
  wrong = name_of("p-HR.filler");
  wrong.examined = 1;  // the campaign was defined after that
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:01").code, RefusalCode::version_moved_on);
}

}  // namespace countersign::ledger
