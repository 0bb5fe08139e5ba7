// Erasing what a row said, what somebody wrote and a person's name, through the ledger: what is
// gone, what stays provable, and what a start and an audit make of it.
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/event_codec.h"
#include "tests/ledger/ledger_fixture.h"

#include <set>

namespace countersign::ledger {

class Erasure : public LedgerFixture {
 protected:
  static EraseRow order(const std::string& row) {
    return {CampaignId("c"), TableKey("notes"), RowKey(row), {Hash{}, "order 7"}, "law"};
  }
  Outcome erase(const std::string& row, const std::string& key) {
    return propose("admin", order(row), key);
  }
  Outcome erase_texts(LeafIndex entry, const std::string& key,
                      std::vector<std::uint32_t> items = {}) {
    return propose("admin", EraseTexts{entry, std::move(items), {Hash{}, "order 8"}, "law"}, key);
  }
  Outcome erase_person(const std::string& person, const std::string& key) {
    return propose("admin", ErasePerson{PersonId(person), {Hash{}, "order 9"}, "law"}, key);
  }
  // Where the state stands by the snapshot that the next start would read.
  std::string snapshot() const { return reader().log().snapshot().value().value().bytes; }
  void remove(const std::string& row, const std::string& key) {
    RowEdit edit;
    edit.key = RowKey(row);
    edit.remove = true;
    RowEdits edits = testing::notes_edits({});
    edits.rows = {edit};
    edits.reason = "left";
    committed(testing::propose_prepared(*ledger_, testing::prepare_notes(*ledger_, key, edits)));
  }
  // Texts of all items that are there, of every entry.
  std::string everything() {
    std::string all;
    EXPECT_TRUE(reader().log().scan(0, reader().size(), [&](LeafIndex, const StoredEntry& entry) {
      const Payload payload = decode_payload(entry.payload).value();
      for (const PayloadItem& item : payload.items) all += item.text;
      return true;
    }));
    return all;
  }
};

TEST_F(Erasure, TakesOutWhatARowSaidAndKeepsEveryProof) {
  const Committed first = committed(put_row("k1", "a", "77001"));
  const RowEdits two = testing::notes_edits({{"a", "77002"}, {"b", "42"}});
  const Committed second =
      committed(testing::propose_prepared(*ledger_, testing::prepare_notes(*ledger_, "k2", two)));
  remove("a", "k3");
  const TreeSize size = reader().size();
  const Hash root = reader().root_at(size).value();
  EXPECT_NE(everything().find("7700"), std::string::npos);

  const Committed done = committed(erase("a", "k4"));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(everything().find("7700"), std::string::npos);
    EXPECT_NE(everything().find("\"42\""), std::string::npos);
    EXPECT_EQ(reader().root_at(size).value(), root);
    for (const Committed& one : {first, second, done}) expect_receipts(one);
    // What is left of the entry of two rows keeps its place in the payload.
    const auto event = reader().event(second.first).value();
    const auto& rows = std::get<RowsChanged>(event.event).rows;
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows.front().key.value, "b");
    EXPECT_EQ(rows.front().item, 1u);
    if (round == 0) reopen();
  }
  const auto event = reader().event(done.first).value();
  const auto& erased = std::get<RowErased>(event.event);
  EXPECT_EQ(event.actor.account.value, "admin");
  ASSERT_EQ(erased.targets.size(), 3u);
  EXPECT_EQ(erased.targets[0].entry, first.first);
  EXPECT_EQ(erased.targets[1].entry, second.first);
  const Payload left =
      decode_payload(reader().log().entry(second.first)->payload).value();
  EXPECT_EQ(left.items[0].leaf, erased.targets[1].leaf);
  expect_sound();
}

TEST_F(Erasure, IsDoneOnceAndTheRowMayComeBack) {
  committed(put_row("k1", "a", "77001"));
  EXPECT_EQ(std::get<Refusal>(erase("a", "k2")).code, RefusalCode::row_in_use);
  EXPECT_EQ(std::get<Refusal>(erase("none", "k3")).code, RefusalCode::nothing_to_erase);
  remove("a", "k4");
  const Committed done = committed(erase("a", "k5"));
  EXPECT_EQ(committed(erase("a", "k5")).first, done.first) << "the same command again";
  EXPECT_EQ(std::get<Refusal>(erase("a", "k6")).code, RefusalCode::nothing_to_erase);

  committed(put_row("k7", "a", "31"));
  remove("a", "k8");
  const Committed again = committed(erase("a", "k9"));
  EXPECT_EQ(std::get<RowErased>(reader().event(again.first)->event).targets.size(), 2u);
  EXPECT_EQ(everything().find("7700"), std::string::npos);
  EXPECT_EQ(everything().find("\"31\""), std::string::npos);
  expect_sound();
}

TEST_F(Erasure, OfARowThatChangedMeanwhileIsPreparedAgain) {
  committed(put_row("k1", "a", "77001"));
  remove("a", "k2");
  auto prepared = verified(ledger_->preparer().prepare(
      *ledger_->directory(), testing::envelope(*ledger_, "admin", "k3"), {}, order("a")));
  committed(put_row("k4", "a", "77002"));
  EXPECT_TRUE(is_error(ledger_->propose_and_wait(std::move(prepared)), Errc::stale));
  EXPECT_NE(everything().find("77001"), std::string::npos);
  expect_sound();
}

TEST_F(Erasure, AFailedWriteErasesWhollyOrNotAtAll) {
  for (const AppendFault fault : {AppendFault::not_persisted, AppendFault::persisted}) {
    const bool persisted = fault == AppendFault::persisted;
    const std::string row = persisted ? "p" : "n";
    const std::string value = persisted ? "77003" : "77004";
    committed(put_row("put " + row, row, value));
    remove(row, "remove " + row);
    log().engine().fail_next_append(fault);
    EXPECT_TRUE(is_error(erase(row, "erase " + row), Errc::io));
    reopen();
    const bool stays = everything().find(value) != std::string::npos;
    EXPECT_EQ(stays, !persisted);
    committed(erase(row, "erase " + row));
    EXPECT_EQ(everything().find(value), std::string::npos);
  }
  expect_sound();
}

TEST_F(Erasure, TakesOutWhatSomebodyWroteAndKeepsEveryProof) {
  RowEdits edits = testing::notes_edits({{"a", "1"}, {"b", "2"}});
  edits.reason = "77010 is ill";
  const Committed changed =
      committed(testing::propose_prepared(*ledger_, testing::prepare_notes(*ledger_, "k1", edits)));
  const TreeSize size = reader().size();
  const Hash root = reader().root_at(size).value();
  EXPECT_NE(everything().find("77010"), std::string::npos);
  EXPECT_EQ(std::get<Refusal>(erase_texts(changed.first, "k2", {0, 1})).code,
            RefusalCode::not_a_text)
      << "item 1 is a row";
  EXPECT_EQ(std::get<Refusal>(erase_texts(changed.first, "k3", {9})).code,
            RefusalCode::not_a_text);
  EXPECT_EQ(std::get<Refusal>(erase_texts(1000, "k4")).code, RefusalCode::nothing_to_erase);

  const Committed done = committed(erase_texts(changed.first, "k5", {0}));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(everything().find("77010"), std::string::npos);
    EXPECT_EQ(reader().root_at(size).value(), root);
    for (const Committed& one : {changed, done}) expect_receipts(one);
    const auto event = reader().event(changed.first).value();
    const auto& rows = std::get<RowsChanged>(event.event);
    EXPECT_EQ(rows.reason, kErasedText);
    ASSERT_EQ(rows.rows.size(), 2u);
    EXPECT_EQ(rows.rows[0].item, 1u);
    if (round == 0) reopen();
  }
  const auto event = reader().event(done.first).value();
  const auto& erased = std::get<TextsErased>(event.event);
  EXPECT_EQ(erased.campaign, CampaignId("c"));
  EXPECT_EQ(erased.table, TableKey("notes"));
  EXPECT_EQ(erased.entry, changed.first);
  ASSERT_EQ(erased.targets.size(), 1u);
  EXPECT_EQ(erased.targets[0].left, R"({"erased":["text"],"kind":"text","role":"reason"})");
  EXPECT_EQ(std::get<Refusal>(erase_texts(changed.first, "k6")).code,
            RefusalCode::nothing_to_erase);
  EXPECT_EQ(committed(erase_texts(changed.first, "k5", {0})).first, done.first)
      << "the same command again";

  // The title of an order may name a person too.
  committed(erase_texts(done.first, "k7"));
  EXPECT_EQ(everything().find("order 8"), everything().rfind("order 8")) << "the last order's alone";
  expect_sound();
}

TEST_F(Erasure, OfWordsThatNoCampaignIsAboutIsRecordedAsSuch) {
  committed(propose("admin", CloseAccount{AccountId("filler"), "77011 was dismissed"}, "k1"));
  const LeafIndex closed = reader().size() - 1;
  const Committed done = committed(erase_texts(closed, "k2"));
  EXPECT_EQ(everything().find("77011"), std::string::npos);
  EXPECT_TRUE(std::get<TextsErased>(reader().event(done.first)->event).campaign.empty());
  EXPECT_EQ(std::get<AccountClosed>(reader().event(closed)->event).reason, kErasedText);
  reopen();
  EXPECT_TRUE(ledger_->directory()->account(AccountId("filler"))->closed);
  expect_sound();
}

TEST_F(Erasure, OfANameTakesItOutOfEveryEntryAndOfTheSnapshotThatHeldIt) {
  LedgerOptions often;
  often.snapshot_every = 1;
  reopen(std::move(often));
  // A second definition registers everybody again.
  const auto& defined = ledger_->directory()->campaigns.at(CampaignId("c"));
  committed(propose("admin", DefineCampaign{defined.definition, {}, 1}, "k1"));
  EXPECT_NE(snapshot().find("乙"), std::string::npos);
  const TreeSize size = reader().size();
  const Hash root = reader().root_at(size).value();
  EXPECT_EQ(std::get<Refusal>(erase_person("p-2", "k2")).code, RefusalCode::person_in_use);
  committed(propose("admin", CloseAccount{AccountId("filler"), "left"}, "k3"));

  reopen();  // from here on no snapshot is due
  const Committed done = committed(erase_person("p-2", "k4"));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(everything().find("乙"), std::string::npos);
    EXPECT_NE(everything().find("甲"), std::string::npos);
    EXPECT_EQ(snapshot().find("乙"), std::string::npos);
    EXPECT_EQ(reader().root_at(size).value(), root);
    expect_receipts(done);
    const auto& directory = *ledger_->directory();
    EXPECT_EQ(directory.persons.at(PersonId("p-2")).name, kErasedText);
    EXPECT_EQ(directory.persons.at(PersonId("p-1")).name, "甲");
    const auto& persons = directory.campaign(CampaignId("c"))->persons;
    ASSERT_EQ(persons.size(), 2u);
    EXPECT_EQ(persons[1].name, kErasedText);
    if (round == 0) reopen();
  }
  EXPECT_EQ(std::get<PersonErased>(reader().event(done.first)->event).targets.size(), 2u);
  EXPECT_EQ(std::get<Refusal>(erase_person("p-2", "k5")).code, RefusalCode::nothing_to_erase);
  // Whoever goes on from the definition as it is shown brings no name back.
  const auto& left = ledger_->directory()->campaigns.at(CampaignId("c"));
  committed(propose("admin", DefineCampaign{left.definition, {}, 2}, "k6"));
  EXPECT_EQ(ledger_->directory()->persons.at(PersonId("p-2")).name, kErasedText);
  expect_sound();
}

TEST_F(Erasure, OfANameThatADefinitionBroughtBackMeanwhileIsPreparedAgain) {
  committed(propose("admin", CloseAccount{AccountId("filler"), "left"}, "k1"));
  auto prepared = verified(ledger_->preparer().prepare(
      *ledger_->directory(), testing::envelope(*ledger_, "admin", "k2"), {},
      ErasePerson{PersonId("p-2"), {Hash{}, "order"}, "law"}));
  const auto& defined = ledger_->directory()->campaigns.at(CampaignId("c"));
  committed(propose("admin", DefineCampaign{defined.definition, {}, 1}, "k3"));
  EXPECT_TRUE(is_error(ledger_->propose_and_wait(std::move(prepared)), Errc::stale));
  committed(erase_person("p-2", "k4"));
  EXPECT_EQ(everything().find("乙"), std::string::npos);
  expect_sound();
}

TEST_F(Erasure, OfWordsIsWrittenWhollyOrNotAtAll) {
  for (const AppendFault fault : {AppendFault::not_persisted, AppendFault::persisted}) {
    const bool persisted = fault == AppendFault::persisted;
    const std::string word = persisted ? "77012" : "77013";
    RowEdits edits = testing::notes_edits({{persisted ? "p" : "n", "1"}});
    edits.reason = word;
    const Committed changed = committed(testing::propose_prepared(
        *ledger_, testing::prepare_notes(*ledger_, "put " + word, edits)));
    log().engine().fail_next_append(fault);
    EXPECT_TRUE(is_error(erase_texts(changed.first, "erase " + word), Errc::io));
    reopen();
    EXPECT_EQ(everything().find(word) == std::string::npos, persisted);
    committed(erase_texts(changed.first, "erase " + word));
    EXPECT_EQ(everything().find(word), std::string::npos);
  }
  expect_sound();
}

}  // namespace countersign::ledger
