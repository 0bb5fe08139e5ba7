// Values of the log's key-value store: row heads, commands, snapshots, numbers, tree nodes.
#include "ledger/log/key_schema.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  if (const auto head = ledger::parse_row_head(input)) {
    CS_ASSERT(ledger::encode_row_head(*head) == input);
  }
  if (const auto command = ledger::parse_command("id", input)) {
    CS_ASSERT(ledger::encode_command(*command) == input);
  }
  if (const auto snapshot = ledger::parse_snapshot(input)) {
    CS_ASSERT(ledger::encode_snapshot(*snapshot) == input);
  }
  if (const auto number = ledger::parse_number(input)) {
    CS_ASSERT(ledger::number_key(*number) == input);
  }
  if (const auto hashes = ledger::parse_nodes(input); hashes && input.size() > sizeof(ledger::Hash)) {
    std::vector<ledger::StoredNode> run;
    for (const ledger::Hash& hash : *hashes) run.push_back({run.size(), hash});
    CS_ASSERT(ledger::encode_nodes(run) == input);
  }
}

}  // namespace countersign::fuzz
