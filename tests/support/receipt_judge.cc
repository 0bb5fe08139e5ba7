#include "tests/support/receipt_judge.h"

#include "ledger/domain/event_codec.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/merkle/verify_proof.h"

namespace countersign::testing {

using namespace ledger;

ReceiptJudge::ReceiptJudge(const NoteVerifier& log, Checkpoint now, ConsistencyPath consistency)
    : log_(log), now_(std::move(now)), consistency_(std::move(consistency)) {
  proved_[now_.tree_size] = now_.root_hash;
}

Result<ReceiptJudge> ReceiptJudge::make(const NoteVerifier& log, const std::string& checkpoint,
                                        ConsistencyPath consistency) {
  CS_TRY(Checkpoint now, open_checkpoint(checkpoint, log));
  return ReceiptJudge(log, std::move(now), std::move(consistency));
}

Result<void> ReceiptJudge::judge(const KeptReceipt& receipt) {
  CS_TRY(const Checkpoint then,
         verify_tlog_proof(receipt.proof, hash_leaf(as_bytes(receipt.header)), log_));
  CS_TRY(const TlogProof proof, parse_tlog_proof(receipt.proof));
  CS_TRY(const DecodedHeader header, decode_header(receipt.header));
  if (proof.index != receipt.index || header.event.index != receipt.index ||
      header.event.command_id.value != receipt.command_id) {
    return Error{Errc::unauthorized, "the receipt is about another entry or command"};
  }
  if (then.tree_size > now_.tree_size) {
    return Error{Errc::corrupt, "the log is shorter than its receipt: entry " +
                                    std::to_string(receipt.index) + " is lost"};
  }
  if (const auto known = proved_.find(then.tree_size); known != proved_.end()) {
    if (known->second == then.root_hash) return {};
    return Error{Errc::corrupt, "two roots for size " + std::to_string(then.tree_size)};
  }
  CS_TRY(const auto path, consistency_(then.tree_size, now_.tree_size));
  CS_CHECK(
      verify_consistency(then.tree_size, now_.tree_size, path, then.root_hash, now_.root_hash));
  proved_[then.tree_size] = then.root_hash;
  return {};
}

}  // namespace countersign::testing
