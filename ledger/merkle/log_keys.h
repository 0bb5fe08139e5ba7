// Log keys: a log's signing key may be replaced, and every checkpoint stays verifiable under the
// key of its time. The replacement is an entry, `log_key.rotated`, whose header holds a note that
// both keys signed (LogKeyStatement); the checkpoint that ends with that entry is signed by both.
// From then on the retired key signs nothing: a checkpoint of it over more entries is a forger's.
// Described for others in ledger/FORMAT.md, section 3.
#pragma once

#include "ledger/merkle/checkpoint.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// What the two keys sign.
struct LogKeyStatement {
  std::string origin;
  TreeSize after = 0;  // entries that stand before the one that replaces the key: its index
  std::string retires;       // vkey
  std::string verifier_key;  // vkey of the key that takes over

  // The note's text.
  std::string text() const;
};

// That both keys are of the origin, differ, and signed exactly the statement.
//   Errc::malformed, Errc::unauthorized
Result<void> check_log_key_note(std::string_view note, const LogKeyStatement& statement);

// Which key signs the checkpoints of which sizes.
// Thread safety: const functions may be called from any thread.
class LogKeys {
 public:
  explicit LogKeys(NoteVerifier first);

  // The key takes over with the entry at `index`: it signs the checkpoint over it together with the
  // key before it, and those of more entries alone.
  //   Errc::malformed   of another origin, a key that signed before, or not after the last index
  Result<void> add(NoteVerifier next, LeafIndex index);

  const std::string& origin() const { return current().name(); }
  const NoteVerifier& current() const { return keys_.back(); }
  // Oldest first.
  std::span<const NoteVerifier> all() const { return keys_; }
  // By key, the smallest size of checkpoints that it signs.
  std::span<const TreeSize> from() const { return from_; }
  // Whose signature a checkpoint of that size may bear: one key, or two where one took over.
  std::span<const NoteVerifier> at(TreeSize size) const;

  // The checkpoint, if a key of its time signed it and none of them wrongly.
  //   Errc::malformed, Errc::unauthorized   as open_checkpoint
  Result<Checkpoint> open(std::string_view note) const;

 private:
  std::vector<NoteVerifier> keys_;
  std::vector<TreeSize> from_;
};

}  // namespace countersign::ledger
