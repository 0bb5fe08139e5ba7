// ReceiptJudge: whether receipts that clients kept still hold against the log as it is now. Knows
// the formats and the log's key only, so that it judges a ledger in this process, one that was
// killed and opened again, and a service behind HTTP alike.
#pragma once

#include "ledger/crypto/signed_note.h"
#include "ledger/merkle/checkpoint.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace countersign::testing {

// A receipt as its client keeps it, and what the client knows it to be about.
struct KeptReceipt {
  std::string command_id;
  ledger::LeafIndex index = 0;
  std::string header;
  std::string proof;  // c2sp.org/tlog-proof
};

class ReceiptJudge {
 public:
  using ConsistencyPath = std::function<ledger::Result<std::vector<ledger::Hash>>(
      ledger::TreeSize from, ledger::TreeSize to)>;

  // `checkpoint` is the log's newest, which `consistency` proves the others to be a past of.
  //   Errc::malformed, Errc::unauthorized   the checkpoint is not this log's
  static ledger::Result<ReceiptJudge> make(const ledger::NoteVerifier& log,
                                           const std::string& checkpoint,
                                           ConsistencyPath consistency);

  // That the receipt verifies alone, is about its command, and that its checkpoint is a past of
  // the log now.
  //   Errc::unauthorized or Errc::corrupt   it does not hold; the detail says why
  ledger::Result<void> judge(const KeptReceipt& receipt);

 private:
  ReceiptJudge(const ledger::NoteVerifier& log, ledger::Checkpoint now,
               ConsistencyPath consistency);

  ledger::NoteVerifier log_;
  ledger::Checkpoint now_;
  ConsistencyPath consistency_;
  std::map<ledger::TreeSize, ledger::Hash> proved_;  // roots shown to be a past of now_
};

}  // namespace countersign::testing
