// The judge of the crash tests condemns what it should.
#include "tests/support/receipt_judge.h"

#include "tests/ledger/ledger_fixture.h"

namespace countersign::testing {

using namespace ledger;

class Judge : public LedgerFixture {
 protected:
  KeptReceipt write(const std::string& key) {
    const Committed done = committed(put_row(key, key, "1"));
    const Receipt receipt = reader().receipts(done).value().front();
    return {key, receipt.index, receipt.header, receipt.proof};
  }
  ReceiptJudge judge_with(const std::string& checkpoint) const {
    return ReceiptJudge::make(
               NoteVerifier::from_vkey(ledger_->verifier_key()).value(), checkpoint,
               [this](TreeSize from, TreeSize to) { return reader().consistency_proof(from, to); })
        .value();
  }
};

TEST_F(Judge, AcceptsReceiptsOfAnyAge) {
  std::vector<KeptReceipt> kept;
  for (const char* key : {"a", "b", "c", "d", "e"}) kept.push_back(write(key));
  ReceiptJudge judge = judge_with(reader().latest_checkpoint().value());
  for (const KeptReceipt& receipt : kept) EXPECT_TRUE(judge.judge(receipt));
}

TEST_F(Judge, CondemnsAChangedReceiptAndOneOfAnotherCommand) {
  const KeptReceipt good = write("a");
  write("b");
  ReceiptJudge judge = judge_with(reader().latest_checkpoint().value());
  KeptReceipt changed = good;
  changed.header[changed.header.size() / 2] ^= 1;
  EXPECT_FALSE(judge.judge(changed));
  KeptReceipt others = good;
  others.command_id = "b";
  EXPECT_FALSE(judge.judge(others));
  KeptReceipt moved = good;
  ++moved.index;
  EXPECT_FALSE(judge.judge(moved));
  EXPECT_TRUE(judge.judge(good));
}

TEST_F(Judge, CondemnsALogThatLostAnEntryOrHasAnotherHistory) {
  const std::string before = reader().latest_checkpoint().value();
  const KeptReceipt receipt = write("a");
  ReceiptJudge lost = judge_with(before);
  EXPECT_EQ(lost.judge(receipt).error().code, Errc::corrupt);

  // The same key over another history of the same size.
  const TreeSize size = reader().size();
  const NoteSigner signer(kNotesOrigin, key_);
  ReceiptJudge forked =
      judge_with(signer.sign(Checkpoint{kNotesOrigin, size, Hash{1}}.text()).serialize());
  EXPECT_EQ(forked.judge(receipt).error().code, Errc::corrupt);
  ReceiptJudge longer =
      judge_with(signer.sign(Checkpoint{kNotesOrigin, size + 1, Hash{1}}.text()).serialize());
  EXPECT_FALSE(longer.judge(receipt));
}

}  // namespace countersign::testing
