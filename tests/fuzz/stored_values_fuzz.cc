// Values of the log's key-value store: row heads, commands, snapshots, numbers, hashes.
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
  if (const auto hash = ledger::parse_hash(input)) CS_ASSERT(ledger::as_chars(*hash) == input);
}

}  // namespace countersign::fuzz
