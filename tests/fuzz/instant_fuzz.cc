// RFC 3339 instants: one that is taken can be written and read again, which is what a header needs.
#include "ledger/base/time.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto instant = ledger::parse_rfc3339(input);
  if (!instant) return;
  const auto again = ledger::parse_rfc3339(ledger::format_utc(*instant));
  CS_ASSERT(again && *again == *instant);
  CS_ASSERT(ledger::format_utc(*instant).size() == 27);
  CS_ASSERT(!ledger::format_local(*instant, 480).empty());
}

}  // namespace countersign::fuzz
