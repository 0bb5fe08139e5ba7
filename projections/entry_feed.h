// Entry feed: entries one after another, read ahead of who applies them. While one run of entries
// is applied, the next is read, opened and decoded on a thread of the feed's own; at most one run
// is ahead, so memory does not grow with the log.
//
// Behind those that are committed come those that are announced (ledger/log/announcement.h): who
// took one asks all_written() before what came of it may stay.
//
// Thread safety: for one thread at a time.
#pragma once

#include "ledger/log/announcement.h"
#include "ledger/reader.h"
#include "ledger/stored_event.h"
#include "projections/background_threads.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace countersign::projections {

class EntryFeed {
 public:
  // `reader` must outlive the feed. Its thread is one of `background`.
  explicit EntryFeed(const ledger::Reader& reader,
                     std::shared_ptr<BackgroundThreads> background =
                         std::make_shared<BackgroundThreads>())
      : reader_(reader), background_(std::move(background)) {}
  ~EntryFeed();
  EntryFeed(const EntryFeed&) = delete;
  EntryFeed& operator=(const EntryFeed&) = delete;

  // Goes on at this entry.
  void seek(ledger::LeafIndex index);
  // The next entry, which lives until the next call of take() or seek(); nullptr when none is
  // committed or announced. After an error the feed stays where it is.
  //   as Reader::each_event()
  ledger::Result<const ledger::StoredEvent*> take();
  // As take(), of the entry after the last that was taken, which remains to be taken.
  ledger::Result<const ledger::StoredEvent*> peek();
  // Whether something was taken, or could not be, that was not written then.
  bool is_early() const { return !unsettled_.empty(); }
  // Blocks until it is known of all that was taken since the last seek(). False: some never came to
  // be, and the caller seeks the first entry whose traces it has undone.
  bool all_written();

 private:
  // Entries first, first + 1, …, up to where reading ended or failed.
  struct Run {
    ledger::LeafIndex first = 0;
    std::vector<ledger::StoredEvent> events;
    bool heavy = false;  // ended by its bytes: what follows is worth a thread
    std::optional<ledger::Error> failure;
    std::shared_ptr<const ledger::Announcement> announced;  // where they are from; none: the log
    ledger::LeafIndex end() const { return first + events.size(); }
  };

  Run read(ledger::LeafIndex first) const;
  // Something of it was taken, or could not be.
  void note(const Run& run);
  // Adds the run that goes on after those at hand; false: nothing is committed or announced there.
  bool fetch();
  std::optional<Run> fetch_ahead(ledger::LeafIndex first);
  void read_ahead(ledger::LeafIndex first);
  void work();

  const ledger::Reader& reader_;
  const std::shared_ptr<BackgroundThreads> background_;
  std::deque<Run> runs_;        // at hand: the one that was taken from, and one that was peeked at
  ledger::LeafIndex next_ = 0;  // to be taken
  Run used_;                    // all of it was taken
  // Of what was taken and is not known to be written.
  std::vector<std::shared_ptr<const ledger::Announcement>> unsettled_;
  std::thread thread_;          // from the first time on that there was much to read

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::optional<ledger::LeafIndex> asked_;  // where the thread reads, or has read
  std::optional<Run> ahead_;                // what it read there
  Run done_;  // used up, for the thread to free: it is where the memory came from
  bool stopping_ = false;
};

}  // namespace countersign::projections
