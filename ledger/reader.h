// Reader: what may be read of a ledger without changing it: entries, checkpoints, proofs, tiles,
// rows as the log knows them. Every answer about the tree belongs to a named tree size.
//
// Thread safety: all functions may be called from any thread; they may read from disk.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/content/payload.h"
#include "ledger/log/event_log.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

struct CampaignDefinition;
struct RecordedEvent;
struct StoredEvent;  // stored_event.h

// What was written together, as far as receipts need it.
struct CommittedGroup {
  LeafIndex first = 0;
  std::vector<std::string> headers;
  std::string checkpoint;  // over the last of them
};

// Where a committed command stands; enough to make its receipt at any later time.
struct Committed {
  LeafIndex first = 0;
  std::uint32_t count = 0;
  TreeSize tree_size = 0;
  bool repeated = false;  // the command id was known; this is the first answer again
  // Of a command that was written just now, so that nothing is read back; none: read from the log.
  std::shared_ptr<const CommittedGroup> group{};
};

// The receipt of one entry: with the header it proves, to anyone who has the log's key, that the
// entry stands in the log. Valid for ever.
struct Receipt {
  LeafIndex index = 0;
  std::string header;  // the leaf, exact bytes
  std::string proof;   // C2SP tlog-proof against the command's own checkpoint
};

// A table's rows at a known tree size.
struct TableContent {
  TreeSize size = 0;
  Hash hash{};  // RFC 6962 head over their item leaves, sorted by row key
  std::uint64_t rows = 0;
};

class Reader {
 public:
  // `log` must outlive the reader. `origin` is the name in the checkpoints.
  Reader(const EventLog& log, std::string origin);

  const std::string& origin() const { return origin_; }
  const EventLog& log() const { return log_; }
  TreeSize size() const { return log_.size(); }
  bool wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const {
    return log_.wait_for(at_least, timeout);
  }
  // What is being written (log/announcement.h).
  std::shared_ptr<const Announcement> announced() const { return log_.announced(); }
  // size(), or the end of what is announced.
  TreeSize foreseen() const;
  bool wait_for_foreseen(TreeSize at_least, std::chrono::milliseconds timeout) const {
    return log_.wait_for_foreseen(at_least, timeout);
  }

  // The entry decoded, with its payload.
  //   Errc::not_found, Errc::corrupt
  Result<RecordedEvent> event(LeafIndex index) const;
  // Calls `visit` for entries first, first + 1, … in order until it returns false, `end`, or the
  // size at the call is reached. In one pass over storage, and rows stay text.
  //   Errc::corrupt   names the entry; those before it were visited
  Result<void> each_event(LeafIndex first, LeafIndex end,
                          const std::function<bool(StoredEvent&&)>& visit) const;
  // The same of entries that are being written, as Announcement::scan().
  static Result<void> each_event(const Announcement& announced, LeafIndex first, LeafIndex end,
                                 const std::function<bool(StoredEvent&&)>& visit);

  Result<std::string> latest_checkpoint() const { return log_.latest_checkpoint(); }
  // RFC 6962 paths. REQUIRES nothing; Errc::not_found if index >= size or size is beyond the log.
  Result<std::vector<Hash>> inclusion_proof(LeafIndex index, TreeSize size) const;
  Result<std::vector<Hash>> consistency_proof(TreeSize from, TreeSize to) const;
  Result<Hash> root_at(TreeSize size) const;

  // The receipts of a committed command, one for each of its entries in order.
  Result<std::vector<Receipt>> receipts(const Committed& committed) const;
  // The receipt of any entry, against the newest checkpoint.
  Result<Receipt> receipt(LeafIndex index) const;

  // C2SP tile resources by the path after "/log/", e.g. "tile/0/x001/234.p/5"; at most up to the
  // newest checkpoint's size.
  //   Errc::malformed   not a tile path      Errc::not_found   beyond the tree
  Result<std::string> tile(std::string_view path) const;

  // The campaign definitions that entries recorded (ledger/domain/state_codec.h).
  //   Errc::not_found, Errc::corrupt
  Result<std::vector<std::shared_ptr<const CampaignDefinition>>> definitions(
      const std::vector<LeafIndex>& indexes) const;

  // The hash, row count and size of the table's content now.
  Result<TableContent> table_content(const std::string& campaign, const std::string& table) const;
  // The same over the last change of every row that ever was, removals too: what an attestation of
  // the table commits to (ledger/domain/attestation.h).
  Result<TableContent> table_heads(const std::string& campaign, const std::string& table) const;

 private:
  const EventLog& log_;
  const std::string origin_;
};

}  // namespace countersign::ledger
