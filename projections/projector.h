// Projector: brings entries into the views, in order, one transaction a batch together with the
// applied index. It folds the domain's own state beside them, so that a view never has a second
// opinion on what state a task is in; a snapshot of that state stands in the store.
//
// Thread safety: apply_next() from one thread; the rest from any.
#pragma once

#include "ledger/domain/state.h"
#include "ledger/domain/state_codec.h"
#include "ledger/reader.h"
#include "projections/background_threads.h"
#include "projections/deadlines/apply.h"
#include "projections/entries/apply.h"
#include "projections/entry_feed.h"
#include "projections/tables/apply.h"
#include "projections/view_store.h"
#include "projections/views.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

namespace countersign::projections {

class Projector {
 public:
  // The SQL of all views and of the table that holds their progress.
  static std::string schema();

  // Takes up where the store stands. Reader and store must outlive the projector. The thread that
  // reads ahead is one of `background`.
  //   Errc::stale      the store is of another version, another origin, ahead of the ledger, or
  //                    holds another history: discard it
  //   Errc::corrupt    likewise, its progress cannot be read
  static ledger::Result<std::unique_ptr<Projector>> resume(
      const ledger::Reader& reader, ViewStore& store,
      std::shared_ptr<BackgroundThreads> background =
          std::make_shared<BackgroundThreads>());

  // Applies up to `entries_max` entries that are committed, or announced: then it returns when they
  // are durable, or has undone them. False when nothing was applied, or when parked. An entry that
  // cannot be applied parks the projector: what stood before it is committed, it is never skipped.
  bool apply_next(std::size_t entries_max);

  ledger::TreeSize applied() const { return applied_.load(); }
  bool wait_for(ledger::TreeSize at_least, std::chrono::milliseconds timeout) const;
  // Lets entries gather for so long, or until somebody waits for what is not applied yet.
  void gather(std::chrono::milliseconds at_most) const;
  std::optional<Views::Parked> parked() const;

  // Wakes all waiters for good: another projector goes on.
  void retire();

  // Saves the folded state, so that the next start folds nothing again.
  void save();

 private:
  Projector(const ledger::Reader& reader, ViewStore& store,
            std::shared_ptr<BackgroundThreads> background);

  ledger::Result<void> load_state(ledger::TreeSize applied);
  ledger::Result<void> apply(const ledger::StoredEvent& entry);
  ledger::Result<bool> ends_command(const ledger::RecordedEvent& event);
  ledger::Result<ledger::TreeSize> apply_batch(ledger::LeafIndex first, ledger::LeafIndex end);
  ledger::Result<void> record_progress(ledger::TreeSize applied, bool with_state);
  ledger::Result<void> record_state();
  ledger::Result<void> put_back(ledger::TreeSize applied, EntryWriter::Memory memory);
  void park(ledger::LeafIndex index, const ledger::Error& error);

  const ledger::Reader& reader_;
  ViewStore& store_;
  EntryFeed feed_;
  EntryWriter entries_;
  RowWriter tables_;
  TaskWriter tasks_;
  ledger::State state_;
  ledger::StateEncoder encoder_;  // of state_, for the snapshots in the store
  std::string last_header_;  // of the last entry applied
  ledger::TreeSize saved_ = 0;  // size of the snapshot in the store
  ledger::LeafIndex trying_ = 0;

  std::atomic<ledger::TreeSize> applied_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  mutable std::condition_variable asked_;
  mutable std::size_t waiting_ = 0;  // guarded by mutex_: how many are in wait_for()
  std::optional<Views::Parked> parked_;
  bool retired_ = false;  // guarded by mutex_, as is parked_
};

}  // namespace countersign::projections
