// State snapshots: damage is noticed or harmless, and what is read is written and read as the same.
#include "ledger/domain/state_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto state = ledger::decode_state(input);
  if (!state) return;
  const std::string bytes = ledger::encode_state(*state);
  const auto again = ledger::decode_state(bytes);
  CS_ASSERT(again);
  CS_ASSERT(ledger::encode_state(*again) == bytes);
}

}  // namespace countersign::fuzz
