// Attestations through the ledger: the heads are those just before the entry, whatever happens while
// they are prepared.
#include "ledger/content/table_heads.h"
#include "ledger/domain/event_codec.h"
#include "ledger/fsck.h"
#include "tests/ledger/ledger_fixture.h"

namespace countersign::ledger {

class Attestation : public LedgerFixture {
 protected:
  static AttestTable notes() { return {CampaignId("c"), TableKey("notes")}; }
  Outcome attest(const std::string& key) { return propose("admin", notes(), key); }
  Result<Prepared> prepare(const std::string& key) const {
    return ledger_->preparer().prepare(*ledger_->directory(),
                                       testing::envelope(*ledger_, "admin", key), {}, notes());
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
  HeadsRef attested(const Committed& done) const {
    return std::get<TableAttested>(reader().event(done.first)->event).heads;
  }
  // From the items of the log, with no help of the row heads.
  StatedRows folded() const {
    TableHeads heads;
    for (LeafIndex index = 0; index < reader().size(); ++index) {
      const auto event = reader().event(index).value();
      const auto* changed = std::get_if<RowsChanged>(&event.event);
      if (changed == nullptr) continue;
      const auto payload = decode_payload(reader().log().entry(index)->payload).value();
      for (const RowChange& row : changed->rows) {
        heads.put(row.key.value, index, payload.items[row.item].leaf, row.removed);
      }
    }
    return heads.heads();
  }
  void expect_true(const Committed& done) {
    EXPECT_EQ(attested(done).hash, folded().hash);
    EXPECT_EQ(attested(done).rows, folded().rows);
    expect_receipts(done);
  }
};

TEST_F(Attestation, CommitsToEveryRowsLastChangeRemovalsToo) {
  expect_true(committed(attest("none yet")));
  EXPECT_EQ(folded().rows, 0u);
  committed(put_row("k1", "b", "1"));
  committed(put_row("k2", "a", "2"));
  committed(put_row("k3", "b", "3"));
  remove("a", "k4");
  const Committed done = committed(attest("k5"));
  expect_true(done);
  EXPECT_EQ(attested(done).rows, 2u);
  EXPECT_EQ(reader().event(done.first)->actor.account.value, "admin");
  EXPECT_EQ(committed(attest("k5")).first, done.first) << "the same command again";
  expect_true(committed(attest("k6")));
  expect_sound();
}

TEST_F(Attestation, OfATableThatChangedMeanwhileIsPreparedAgain) {
  committed(put_row("k1", "a", "1"));
  auto prepared = verified(prepare("k2"));
  committed(put_row("k3", "a", "2"));
  EXPECT_TRUE(is_error(ledger_->propose_and_wait(std::move(prepared)), Errc::stale));
  expect_true(committed(attest("k2")));
  // What changes no row does not make it stale.
  prepared = verified(prepare("k4"));
  committed(attest("k5"));
  expect_true(committed(ledger_->propose_and_wait(std::move(prepared))));
  expect_sound();
}

// The row that was erased keeps its key in the row heads, so the audit judges what is stated of the
// table before and after.
TEST_F(Attestation, IsAuditedAlsoWhereARowWasErased) {
  committed(put_row("k1", "a", "1"));
  committed(put_row("k2", "b", "2"));
  committed(attest("k3"));
  remove("a", "k4");
  committed(attest("k5"));
  committed(propose("admin",
                    EraseRow{CampaignId("c"), TableKey("notes"), RowKey("a"), {Hash{}, "order 7"},
                             "law"},
                    "k6"));
  committed(put_row("k7", "b", "3"));
  committed(attest("k8"));
  ledger_->stop();
  const auto report = fsck(log(), ledger_->verifier_key(), nullptr);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_EQ(report->statements, 3u);
  EXPECT_EQ(report->statements_unjudged, 0u);
}

}  // namespace countersign::ledger
