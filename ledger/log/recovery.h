// Recovery: what must hold before a log may be signed further. Runs on every open and reads a
// bounded part of the log: the right edge of the tree and the entries of the last tile.
#pragma once

#include <optional>
#include <string>

#include "ledger/crypto/signed_note.h"
#include "ledger/log/event_log.h"
#include "ledger/merkle/compact_range.h"
#include "ledger/merkle/node_id.h"

namespace countersign::ledger {

// The stored nodes of a log, as proofs want them. `log` must outlive it.
class LogNodes final : public NodeSource {
 public:
  explicit LogNodes(const EventLog& log) : log_(log) {}
  Result<Hash> node(NodeId id) const override { return log_.node(dense_id(id)); }

 private:
  const EventLog& log_;
};

// The right edge, after checking that
//   1. the newest checkpoint is signed by `key`, for this origin and exactly the log's size,
//   2. the stored right edge has the checkpoint's root,
//   3. the headers of the last tile hash to the stored leaves,
//   4. `published`, the checkpoint last given out, is a prefix of this log.
//   Errc::corrupt   one of these does not hold; the detail says which, and what to do
Result<CompactRange> recover(const EventLog& log, const NoteVerifier& key,
                             const std::optional<std::string>& published);

}  // namespace countersign::ledger
