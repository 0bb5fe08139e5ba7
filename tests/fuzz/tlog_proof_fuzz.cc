// Receipts' proofs: what parses can be written and read again, and none verifies by luck.
#include "ledger/merkle/tlog_proof.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  static const ledger::NoteVerifier kStranger("stranger.example/log", std::string(32, '\x01'));
  const auto proof = ledger::parse_tlog_proof(input);
  CS_ASSERT(!ledger::verify_tlog_proof(input, {}, kStranger));
  if (!proof) return;
  const std::string text = proof->text();
  const auto again = ledger::parse_tlog_proof(text);
  CS_ASSERT(again && again->index == proof->index && again->path == proof->path &&
            again->checkpoint == proof->checkpoint && again->text() == text);
}

}  // namespace countersign::fuzz
