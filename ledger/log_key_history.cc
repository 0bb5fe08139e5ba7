#include "ledger/log_key_history.h"

#include "ledger/domain/event_codec.h"
#include "ledger/sequencer/recorded_definitions.h"

#include <algorithm>

namespace countersign::ledger {

Result<LogKeys> log_keys_of(const std::vector<LogKeyRotation>& rotations,
                            const NoteVerifier& known) {
  if (rotations.empty()) return LogKeys(known);
  const Error broken{Errc::corrupt,
                     "The entries that replace the log's key do not follow one another."};
  const auto first = NoteVerifier::from_vkey(rotations.front().retires);
  if (!first) return broken;
  LogKeys keys(*first);
  for (const LogKeyRotation& one : rotations) {
    auto next = NoteVerifier::from_vkey(one.verifier_key);
    if (!next || one.retires != keys.current().vkey()) return broken;
    if (!keys.add(std::move(*next), one.index)) return broken;
  }
  const bool there = std::ranges::any_of(
      keys.all(), [&](const NoteVerifier& one) { return one.vkey() == known.vkey(); });
  if (there) return keys;
  return Error{Errc::corrupt, "The log replaced its key, and " + known.vkey() +
                                  " is none of those that it had."};
}

Result<std::vector<LogKeyRotation>> find_log_key_rotations(const EventLog& log) {
  constexpr std::string_view kType = "\"type\":\"log_key.rotated\"";
  std::vector<LogKeyRotation> found;
  TreeSize from = 0;
  const auto snapshot = log.snapshot();
  if (!snapshot && snapshot.error().code == Errc::io) return snapshot.error();
  if (snapshot && *snapshot) {
    auto state = decode_state((*snapshot)->bytes, recorded_definitions(log));
    if (state && state->size == (*snapshot)->size && state->size <= log.size()) {
      found = std::move(state->log_keys);
      from = state->size;
    }
  }
  for (LeafIndex index = from; index < log.size(); ++index) {
    const auto header = log.header(index);
    if (!header && header.error().code == Errc::io) return header.error();
    // Most headers are of other entries, and are not decoded.
    if (!header || header->find(kType) == std::string::npos) continue;
    const auto decoded = decode_header(*header);
    if (!decoded) continue;
    if (const auto* event = std::get_if<LogKeyRotated>(&decoded->event.event)) {
      found.push_back({index, event->retires, event->verifier_key});
    }
  }
  return found;
}

Result<void> check_log_key_rotation(LeafIndex index, const std::string& origin,
                                    const LogKeyRotated& event, const std::string* key_before) {
  if (key_before != nullptr && *key_before != event.retires) {
    return Error{Errc::unauthorized, "it retires another key than the log had"};
  }
  return check_log_key_note(event.note, {origin, index, event.retires, event.verifier_key});
}

}  // namespace countersign::ledger
