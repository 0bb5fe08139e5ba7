// Requests to a witness: taken apart, and written as they were read.
#include "ledger/witness/add_checkpoint.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto parts = ledger::split_add_checkpoint(input);
  if (!parts) return;
  const auto head = ledger::parse_add_checkpoint_head(parts->head);
  if (!head) return;
  CS_ASSERT(head->proof.size() <= 63);
  CS_ASSERT(ledger::add_checkpoint_request(*head, parts->note) == input);
}

}  // namespace countersign::fuzz
