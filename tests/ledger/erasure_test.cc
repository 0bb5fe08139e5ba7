// Erasing what a row said, through the ledger: what is gone, what stays provable, and what a start
// and an audit make of it.
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

}  // namespace countersign::ledger
