// Campaign definitions: one that is taken is written in one form, which is taken and written alike.
#include "ledger/domain/campaign_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto definition = ledger::parse_campaign(input);
  if (!definition) return;
  const std::string text = ledger::encode_campaign(**definition);
  const auto again = ledger::parse_campaign(text);
  CS_ASSERT(again);
  CS_ASSERT(ledger::encode_campaign(**again) == text);
}

}  // namespace countersign::fuzz
