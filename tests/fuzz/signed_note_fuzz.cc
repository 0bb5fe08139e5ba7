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
  // Key ids may be written in capitals, as Go's package also takes them.
  if (const auto key = ledger::NoteVerifier::from_vkey(input)) {
    const auto again = ledger::NoteVerifier::from_vkey(key->vkey());
    CS_ASSERT(again && again->vkey() == key->vkey() && key->vkey().size() == input.size());
  }
  if (const auto key = ledger::NoteSigner::from_skey(input)) {
    const auto again = ledger::NoteSigner::from_skey(key->skey());
    CS_ASSERT(again && again->skey() == key->skey() && key->skey().size() == input.size());
  }
}

}  // namespace countersign::fuzz
