#include "ledger/log/recovery.h"

#include "ledger/log/log_nodes.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tree_hash.h"

namespace countersign::ledger {

namespace {

constexpr std::string_view kKeep =
    " Nothing was changed. Keep every file, run fsck, and restore a copy that is whole.";

Error corrupt(const std::string& what) { return {Errc::corrupt, what + std::string(kKeep)}; }

Result<Checkpoint> open_own(const std::string& note, const LogKeys& keys,
                            const std::string& which) {
  auto opened = keys.open(note);
  if (!opened) {
    return corrupt("The " + which + " checkpoint is not signed by this log's key for this origin.");
  }
  return opened;
}

// Border of a tile with at least a full tile of entries after it.
LeafIndex tail_begin(TreeSize size) {
  if (size <= TilePath::kFullWidth) return 0;
  return (size - TilePath::kFullWidth) / TilePath::kFullWidth * TilePath::kFullWidth;
}

// A missing node is damage here, not an answer.
Error as_damage(const Error& error) {
  return error.code == Errc::not_found ? corrupt("A stored tree node is missing.") : error;
}

Result<CompactRange> hash_tail(const EventLog& log, TreeSize size) {
  const LogNodes nodes(log);
  auto tree = CompactRange::restore(tail_begin(size), nodes);
  if (!tree) return as_damage(tree.error());
  std::vector<CompactRange::Completed> completed;
  std::optional<Error> problem;
  CS_CHECK(log.scan(tree->size(), size, [&](LeafIndex index, const StoredEntry& entry) {
    completed.clear();
    tree->append(hash_leaf(as_bytes(entry.header)), completed);
    for (const auto& [id, hash] : completed) {
      const auto stored = nodes.node(id);
      if (!stored) {
        problem = as_damage(stored.error());
      } else if (*stored != hash) {
        problem = corrupt("Entry " + std::to_string(index) +
                          " does not hash to the tree stored with it.");
      }
    }
    return !problem;
  }));
  if (problem) return *problem;
  if (tree->size() != size) return corrupt("Entries are missing at the end of the log.");
  return tree;
}

}  // namespace

Result<void> check_published(const EventLog& log, const LogKeys& keys, const std::string& note) {
  CS_TRY(const Checkpoint published, open_own(note, keys, "published"));
  const TreeSize size = log.size();
  if (published.tree_size > size) {
    return corrupt("A checkpoint over " + std::to_string(published.tree_size) +
                   " entries was published, and this log has " + std::to_string(size) +
                   ": it is older than what others have seen.");
  }
  const auto root = root_of(published.tree_size, LogNodes(log));
  if (!root) return as_damage(root.error());
  if (*root != published.root_hash) {
    return corrupt("The checkpoint published over " + std::to_string(published.tree_size) +
                   " entries is not of this log's history.");
  }
  return {};
}

Result<RecoveredLog> recover(const EventLog& log, const LogKeys& keys) {
  RecoveredLog recovered;
  const TreeSize size = log.size();
  if (size > 0) {
    auto note = log.latest_checkpoint();
    if (!note) {
      if (note.error().code != Errc::not_found) return note.error();
      return corrupt("The log has entries and no checkpoint.");
    }
    recovered.checkpoint = std::move(*note);
    CS_TRY(const Checkpoint newest, open_own(recovered.checkpoint, keys, "newest"));
    if (newest.tree_size != size) {
      return corrupt("The newest checkpoint covers " + std::to_string(newest.tree_size) +
                     " entries, and the log has " + std::to_string(size) + ".");
    }
    CS_TRY(recovered.tree, hash_tail(log, size));
    if (recovered.tree.root() != newest.root_hash) {
      return corrupt("The entries do not hash to the root in the newest checkpoint.");
    }
  }
  return recovered;
}

}  // namespace countersign::ledger
