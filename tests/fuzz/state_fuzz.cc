// State snapshots: damage is noticed or harmless, and what is read is written and read as the same.
#include "ledger/domain/state_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto definitions_of = [](const std::vector<ledger::LeafIndex>& indexes)
      -> ledger::Result<std::vector<ledger::Definition>> {
    auto definition = std::make_shared<ledger::CampaignDefinition>();
    definition->id = ledger::CampaignId("2020");
    return std::vector<ledger::Definition>(indexes.size(), definition);
  };
  const auto state = ledger::decode_state(input, definitions_of);
  if (!state) return;
  const std::string bytes = ledger::encode_state(*state);
  const auto again = ledger::decode_state(bytes, definitions_of);
  CS_ASSERT(again);
  CS_ASSERT(ledger::encode_state(*again) == bytes);
}

}  // namespace countersign::fuzz
