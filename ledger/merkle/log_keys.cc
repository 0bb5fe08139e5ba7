#include "ledger/merkle/log_keys.h"

#include <algorithm>

namespace countersign::ledger {

std::string LogKeyStatement::text() const {
  return "countersign log key v1\norigin " + origin + "\nafter " + std::to_string(after) +
         " entries\nretires " + retires + "\nverifier key " + verifier_key + "\n";
}

Result<void> check_log_key_note(std::string_view note, const LogKeyStatement& statement) {
  CS_TRY(const auto retired, NoteVerifier::from_vkey(statement.retires));
  CS_TRY(const auto next, NoteVerifier::from_vkey(statement.verifier_key));
  if (retired.name() != statement.origin || next.name() != statement.origin ||
      retired.public_key() == next.public_key()) {
    return Error{Errc::malformed, "the keys are not two of this log"};
  }
  for (const NoteVerifier& key : {retired, next}) {
    const auto opened = open_note(note, {&key, 1});
    if (!opened) {
      return Error{Errc::unauthorized, key.vkey() + " did not sign that one takes over"};
    }
    if (opened->text != statement.text()) {
      return Error{Errc::unauthorized, "the keys signed another statement than the entry makes"};
    }
  }
  return {};
}

LogKeys::LogKeys(NoteVerifier first) : keys_{std::move(first)}, from_{0} {}

Result<void> LogKeys::add(NoteVerifier next, LeafIndex index) {
  const bool known = std::ranges::any_of(
      keys_, [&](const NoteVerifier& one) { return one.public_key() == next.public_key(); });
  if (next.name() != origin() || known || index < from_.back()) {
    return Error{Errc::malformed, "the keys of the log do not follow one another"};
  }
  keys_.push_back(std::move(next));
  from_.push_back(index + 1);
  return {};
}

std::span<const NoteVerifier> LogKeys::at(TreeSize size) const {
  const auto after = std::ranges::upper_bound(from_, size);
  const auto at = static_cast<std::size_t>(after - from_.begin()) - 1;
  const bool taking_over = at > 0 && from_[at] == size;
  return std::span(keys_).subspan(at - (taking_over ? 1 : 0), taking_over ? 2 : 1);
}

Result<Checkpoint> LogKeys::open(std::string_view note) const {
  CS_TRY(const SignedNote parsed, parse_note(note));
  CS_TRY(Checkpoint checkpoint, parse_checkpoint(parsed.text));
  if (const auto opened = open_note(note, at(checkpoint.tree_size)); !opened) {
    return opened.error();
  }
  if (checkpoint.origin != origin()) {
    return Error{Errc::unauthorized, "the checkpoint is of another origin"};
  }
  return checkpoint;
}

}  // namespace countersign::ledger
