// The history of a log's key, from the entries that replaced it (domain/log_key.h).
//
// Thread safety: from any thread; find_log_key_rotations() reads from disk.
#pragma once

#include "ledger/domain/log_key.h"
#include "ledger/log/event_log.h"
#include "ledger/merkle/log_keys.h"

#include <string>
#include <vector>

namespace countersign::ledger {

// `known` is a key of the log, as somebody knows it; without a rotation it is the only one.
//   Errc::corrupt   the rotations do not follow one another, or `known` is not among their keys
Result<LogKeys> log_keys_of(const std::vector<LogKeyRotation>& rotations,
                            const NoteVerifier& known);

// Every rotation in the log: up to its newest state snapshot as that says, behind it from the
// entries; without a readable one from all entries. Proves nothing; fsck does.
//   Errc::io
Result<std::vector<LogKeyRotation>> find_log_key_rotations(const EventLog& log);

// That the entry at `index` follows the one before it (null: there is none), names its own place,
// and holds the note that both keys signed.
//   Errc::unauthorized, Errc::malformed
Result<void> check_log_key_rotation(LeafIndex index, const std::string& origin,
                                    const LogKeyRotated& event, const std::string* key_before);

}  // namespace countersign::ledger
