// Signed notes and keys in their text forms.
#include "ledger/crypto/signed_note.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  if (const auto note = ledger::parse_note(input)) {
    const std::string text = note->serialize();
    const auto again = ledger::parse_note(text);
    CS_ASSERT(again && again->text == note->text && again->serialize() == text);
    CS_ASSERT(text == input);
    // No key is known, so nothing may open.
    CS_ASSERT(!ledger::open_note(input, {}));
  }
  if (const auto key = ledger::NoteVerifier::from_vkey(input)) CS_ASSERT(key->vkey() == input);
  if (const auto key = ledger::NoteSigner::from_skey(input)) CS_ASSERT(key->skey() == input);
}

}  // namespace countersign::fuzz
