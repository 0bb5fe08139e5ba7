// Announcement: entries on their way into the log. While a large group is written and synced, who
// applies entries may read them and begin. What comes of it is shown to nobody before wait() says
// that they are durable, and is undone when it says that they are not.
//
// Thread safety: settle() from the writer, once; everything else from any thread.
#pragma once

#include "ledger/log/event_log.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace countersign::ledger {

class Announcement {
 public:
  // The payload record of what prepare_payload() made of it.
  using OpenPayload = std::function<Result<std::string>(std::string_view prepared)>;

  // Entries first, first + 1, …; they stay as they are until settle() has returned.
  Announcement(LeafIndex first, std::span<const StoredEntry> entries, OpenPayload open);

  LeafIndex first() const { return first_; }
  TreeSize end() const { return end_; }

  // As EventLog::scan(). Visits no entry, and no further one, once it is settled; that is no error.
  // `visit` is called without a lock, but settle() waits while an entry is opened.
  //   what OpenPayload fails with
  Result<void> scan(LeafIndex first, LeafIndex end,
                    const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const;

  // Blocks until it is settled. True: they are in the log. False: writing them failed.
  bool wait() const;
  // Whether it is settled that writing them failed.
  bool withdrawn() const;

  // Returns when nobody reads them any more.
  void settle(bool durable);

 private:
  const LeafIndex first_;
  const TreeSize end_;
  const OpenPayload open_;
  mutable std::mutex mutex_;  // held while an entry is read
  mutable std::condition_variable settled_;
  std::span<const StoredEntry> entries_;  // guarded by mutex_, until it is settled
  std::optional<bool> durable_;           // guarded by mutex_; none: not settled
};

}  // namespace countersign::ledger
