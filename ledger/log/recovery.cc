#include "ledger/log/recovery.h"

#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tree_hash.h"

namespace countersign::ledger {

namespace {

Error corrupt(const std::string& what) {
  return {Errc::corrupt, what +
                             "; nothing was changed: keep every file, run `countersign fsck`, and "
                             "restore the newest backup beside this directory"};
}

Result<void> check_tail(const EventLog& log, const NodeSource& nodes) {
  const TreeSize size = log.size();
  const LeafIndex first = (size - 1) / TilePath::kFullWidth * TilePath::kFullWidth;
  for (LeafIndex index = first; index < size; ++index) {
    CS_TRY(const std::string header, log.header(index));
    CS_TRY(const Hash stored, nodes.node({0, index}));
    if (hash_leaf(as_bytes(header)) != stored) {
      return corrupt("entry " + std::to_string(index) + " does not hash to its leaf");
    }
  }
  return {};
}

Result<void> check_published(const EventLog& log, const NodeSource& nodes,
                             const NoteVerifier& key, const std::string& note) {
  auto published = open_checkpoint(note, key);
  if (!published) return corrupt("the published checkpoint does not verify");
  if (published->tree_size > log.size()) {
    return corrupt("the ledger has " + std::to_string(log.size()) +
                   " entries, but a checkpoint of " + std::to_string(published->tree_size) +
                   " was already published: this is an older copy");
  }
  CS_TRY(const Hash root, root_of(published->tree_size, nodes));
  if (root != published->root_hash) {
    return corrupt("the published checkpoint of size " + std::to_string(published->tree_size) +
                   " has another root: this is another history");
  }
  return {};
}

}  // namespace

Result<CompactRange> recover(const EventLog& log, const NoteVerifier& key,
                             const std::optional<std::string>& published) {
  const LogNodes nodes(log);
  const TreeSize size = log.size();
  if (size > 0) {
    auto note = log.latest_checkpoint();
    if (!note) return corrupt("the checkpoint of size " + std::to_string(size) + " is missing");
    auto checkpoint = open_checkpoint(*note, key);
    if (!checkpoint) {
      return corrupt("the last checkpoint is not signed by this ledger's key");
    }
    auto root = root_of(size, nodes);
    if (!root) return corrupt("the tree's right edge is incomplete");
    if (checkpoint->tree_size != size || checkpoint->root_hash != *root) {
      return corrupt("the stored tree does not have the root that was signed");
    }
    CS_CHECK(check_tail(log, nodes));
  }
  if (published) CS_CHECK(check_published(log, nodes, key, *published));
  return CompactRange::restore(size, nodes);
}

}  // namespace countersign::ledger
