// Checkpoints, as text and as a whole note.
#include "ledger/merkle/checkpoint.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  if (const auto checkpoint = ledger::parse_checkpoint(input)) {
    const std::string text = checkpoint->text();
    CS_ASSERT(input.starts_with(text));  // the rest is extension lines
    const auto again = ledger::parse_checkpoint(text);
    CS_ASSERT(again && *again == *checkpoint);
  }
  if (const auto whole = ledger::parse_checkpoint_note(input)) {
    const auto note = ledger::parse_note(input);
    CS_ASSERT(note);
    const auto inner = ledger::parse_checkpoint(note->text);
    CS_ASSERT(inner && *inner == *whole);
  }
}

}  // namespace countersign::fuzz
