// Payload records: a record that is read is written as the same bytes.
#include "ledger/content/payload.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto payload = ledger::decode_payload(input);
  if (!payload) return;
  CS_ASSERT(ledger::encode_payload(*payload) == input);
}

}  // namespace countersign::fuzz
