// EventLog: the seam between the sequencer and durable storage. Engines: memory (tests) and
// RocksDB; one conformance suite for both. The seam assumes no local files, so that a database
// engine with fenced take-over fits behind it.
//
// Thread safety: append() and has_room() from the one writer; everything else from any thread, also
// while append() runs. Readers see whole batches only.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"
#include "ledger/base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

class Announcement;  // announcement.h

// One entry as stored: exactly the bytes that were hashed.
struct StoredEntry {
  std::string header;   // the leaf of the tree, at most 65,535 bytes
  std::string payload;  // payload record (content/payload.h); to append(), also prepared
};

// A completed node of the tree; `id` is its dense number (merkle/node_id.h).
struct StoredNode {
  std::uint64_t id = 0;
  Hash hash{};
};

// What a command became. Kept for ever: the same command id gets the same receipt.
struct CommandRecord {
  std::string command_id;
  Hash body_hash{};     // of the request as received
  LeafIndex first = 0;  // its entries
  std::uint32_t count = 0;
  TreeSize tree_size = 0;  // of the checkpoint its receipt is made against
};

// The last change of a row: where it is recorded, its item leaf, and the row as it is now.
struct RowHead {
  LeafIndex index = 0;
  std::uint32_t item = 0;
  Hash leaf{};
  bool removed = false;
  std::string cells;  // canonical JSON; empty when removed; to append(), also prepared
};
struct StoredRowHead {
  std::string campaign;
  std::string table;
  std::string key;
  RowHead head;
};

// A state snapshot, taken after `size` entries.
struct StateSnapshot {
  TreeSize size = 0;
  std::string bytes;
};

// An item of an earlier entry.
struct ErasedItem {
  LeafIndex entry = 0;
  std::uint32_t item = 0;

  bool operator==(const ErasedItem&) const = default;
  auto operator<=>(const ErasedItem&) const = default;
};

// One that is to be erased, and what is left of it besides its leaf (content/payload.h).
struct Erasing {
  ErasedItem item;
  std::string left;
};

// Everything one group commit writes, atomically.
struct AppendBatch {
  TreeSize expected_size = 0;  // must equal the log's size
  std::uint64_t epoch = 0;     // of the writer, from take_over()
  std::vector<StoredEntry> entries;
  std::vector<StoredNode> nodes;
  std::vector<CommandRecord> commands;
  std::vector<StoredRowHead> row_heads;
  // Salt and text of these go with the batch; their leaves stay, and what is said to be left.
  // Entries before expected_size.
  std::vector<Erasing> erased{};
  std::string checkpoint;  // signed note over the new size
  std::optional<StateSnapshot> snapshot;
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  // What of storing needs neither order nor the writer, such as sealing; from any thread. What it
  // gives is for append() of this very log, and stays in memory until then. An engine that keeps
  // values as they are has nothing to do.
  virtual std::string prepare_payload(std::string record) const { return record; }
  // The cells of these heads.
  virtual void prepare_heads(std::span<StoredRowHead>) const {}

  // Makes the caller the one writer and returns its epoch; earlier epochs are fenced from now on.
  virtual Result<std::uint64_t> take_over() = 0;

  // Durable when it returns success.
  //   Errc::fenced    another writer took over
  //   Errc::conflict  expected_size is not the size
  //   Errc::unavailable  nearly no space left; nothing was written, the log stays usable
  //   Errc::corrupt   an item to be erased is not there; nothing was written
  //   Errc::io        outcome unknown: the caller stops and recovers from storage
  virtual Result<void> append(const AppendBatch& batch) = 0;

  // Whether even a small batch would find space now; asked right before one is made, as append() may
  // go by what it found.
  //   Errc::unavailable   nearly no space left
  virtual Result<void> has_room() { return {}; }

  // Removes what an engine may still hold of erased items besides what it answers from, such as
  // earlier versions in its files; nothing to do is success. Takes as long as the disk does, and
  // append() goes on meanwhile; what that erases is left to the next call. Survives a stop:
  // unpurged() says that it is still to do. So it does when one of the erasures is not among the
  // first `up_to` entries, those that whoever reads the log and keeps what it read has heeded.
  // From any thread.
  //   Errc::unavailable   read-only; or somebody still looks at a moment before an erasure: later
  //   Errc::io            the files could not be rewritten
  virtual Result<void> purge_erased([[maybe_unused]] TreeSize up_to) { return {}; }
  // Whether bytes of erased items may still be in storage.
  virtual Result<bool> unpurged() const { return false; }

  // Entries in the log.
  virtual TreeSize size() const = 0;
  // Blocks until size() >= at_least; false on timeout or interrupt_waits().
  virtual bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const = 0;
  // What append() is writing now, where the engine tells of it beforehand because it takes long;
  // nullptr: nothing, or not told.
  virtual std::shared_ptr<const Announcement> announced() const { return nullptr; }
  // As wait_for(), or until what is announced ends there or beyond.
  virtual bool wait_for_foreseen(TreeSize at_least, std::chrono::milliseconds timeout) const {
    return wait_for(at_least, timeout);
  }
  // Wakes all waiters, for shutdown.
  virtual void interrupt_waits() = 0;

  //   Errc::not_found   index >= size()
  virtual Result<StoredEntry> entry(LeafIndex index) const = 0;
  virtual Result<std::string> header(LeafIndex index) const = 0;
  // Calls `visit` for entries first, first + 1, … in order until it returns false, `end`, or the
  // size at the call is reached. What it is given it may keep.
  virtual Result<void> scan(
      LeafIndex first, LeafIndex end,
      const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const = 0;
  //   Errc::not_found   not completed yet
  virtual Result<Hash> node(std::uint64_t id) const = 0;
  // The checkpoint of exactly this size. Only sizes at which a group commit ended have one.
  //   Errc::not_found
  virtual Result<std::string> checkpoint(TreeSize size) const = 0;
  // The newest checkpoint; Errc::not_found on an empty log.
  virtual Result<std::string> latest_checkpoint() const = 0;

  virtual Result<std::optional<CommandRecord>> command(std::string_view command_id) const = 0;

  // A consistent look at the row heads. `size` is the log's size it belongs to.
  // Thread safety: any thread, several at a time.
  class RowView {
   public:
    virtual ~RowView() = default;
    virtual TreeSize size() const = 0;
    virtual Result<std::optional<RowHead>> row(std::string_view campaign, std::string_view table,
                                               std::string_view key) const = 0;
    // All heads of a table, removed rows included, by key in byte order, until `visit` says false.
    virtual Result<void> scan(
        std::string_view campaign, std::string_view table,
        const std::function<bool(std::string_view key, const RowHead&)>& visit) const = 0;
    // The heads of these rows, in their order; none where there never was such a row. `place` is
    // the key's. One walk over the table where the rows lie close together.
    // REQUIRES: keys in byte order, each once.
    virtual Result<void> rows(
        std::string_view campaign, std::string_view table, std::span<const std::string_view> keys,
        const std::function<void(std::size_t place, std::optional<RowHead>)>& visit) const;
    // The keys of the rows that are there, in byte order, until `visit` says false; what the rows
    // say is not read.
    virtual Result<void> keys(std::string_view campaign, std::string_view table,
                              const std::function<bool(std::string_view key)>& visit) const;
  };
  virtual std::unique_ptr<RowView> row_view() const = 0;

  // The newest snapshot, if any.
  virtual Result<std::optional<StateSnapshot>> snapshot() const = 0;
};

}  // namespace countersign::ledger
