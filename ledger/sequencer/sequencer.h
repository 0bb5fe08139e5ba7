// Sequencer: the only writer, one thread. It takes all that queued during the last sync, decides
// each command in order on the state, appends the whole group with one synced write, and then
// completes all: group commit without a timer. Nothing on its path reads from disk, but for what
// recent_window.h is not sure of.
//
// Invariants:
//   1. an outcome is delivered only after its entries are durable and under a signed checkpoint;
//   2. the state equals the fold of the log at every outcome;
//   3. after a failed write nothing is written any more: the outcome of that group is unknown
//      until the log is opened again.
#pragma once

#include "ledger/crypto/log_signer.h"
#include "ledger/domain/state.h"
#include "ledger/domain/state_codec.h"
#include "ledger/merkle/compact_range.h"
#include "ledger/sequencer/command_queue.h"
#include "ledger/sequencer/recent_window.h"
#include "ledger/sequencer/sequencer_observer.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

namespace countersign::ledger {

// Where a recovered ledger stands.
struct SequencerStart {
  State state;
  CompactRange range;
  Timestamp last_sequenced;
  std::uint64_t epoch = 0;
  TreeSize snapshot_size = 0;
};

class Sequencer {
 public:
  struct Options {
    std::size_t queue_commands_max = 4096;
    std::size_t batch_entries_max = 1024;  // a group takes no further command once it has as many
    std::uint64_t snapshot_every = 16384;
    SequencerObserver* observer = nullptr;
    // The key that RotateLogKey puts in the place of the signer's; none: it is refused.
    std::optional<NoteSigner> next_key;
    // Called on the sequencer thread after each group commit, before its outcomes.
    std::function<void(const std::string& checkpoint, const State& state)> published;
  };

  // All references must outlive the sequencer.
  Sequencer(EventLog& log, const Clock& clock, LogSigner signer, SequencerStart start,
            Options options);
  ~Sequencer();  // stop()

  Result<void> propose(QueuedCommand command) { return queue_.push(std::move(command)); }
  // Drains the queue and ends the thread.
  void stop();
  std::optional<Error> failure() const;

 private:
  struct Group;
  void run();
  // Makes one group of the first of the commands; returns how many it has answered.
  std::size_t commit(std::span<QueuedCommand> commands);
  // Decides one command into the group, or says why it is not in it.
  // Takes payloads and rows out of a command that it admits.
  std::optional<Outcome> admit(VerifiedCommand& command, Group& group);
  std::optional<Outcome> known_or_stale(const VerifiedCommand& command, const Group& group) const;
  // Whether a row of these, all of one table, changed since they were prepared.
  Result<bool> changed(std::span<const StoredRowHead> rows,
                       std::span<const std::optional<LeafIndex>> previous, TreeSize prepared_at,
                       const Group& group) const;
  // What became of its id, if it came again since it was prepared: in this group, or in the log.
  Result<std::optional<CommandRecord>> known(const VerifiedCommand& command,
                                             const Group& group) const;
  // Signs and writes the group, of so many commands.
  Result<std::shared_ptr<const CommittedGroup>> append(Group& group, std::size_t commands);
  // Answers the commands of a group that was not written, or of which nobody knows.
  void refuse_group(std::span<QueuedCommand> commands, Error error);
  // Takes back what a group has changed that was not written: folds the log again.
  Result<void> rewind();
  // Whether the command replaces the very key that signs by the one that is to sign.
  bool replaces_key(const RotateLogKey& command) const;
  void fail(Error error);

  EventLog& log_;
  const Clock& clock_;
  const Options options_;
  CommandQueue queue_;

  // Owned by the sequencer thread. Between groups they stand where the log does.
  LogSigner signer_;
  State state_;
  CompactRange range_;
  RecentWindow recent_;
  Timestamp last_sequenced_;
  const std::uint64_t epoch_;
  TreeSize snapshot_size_;
  StateEncoder encoder_;
  const std::optional<Timestamp> simulated_start_;  // of a log that was empty

  mutable std::mutex failure_mutex_;
  std::optional<Error> failure_;  // guarded by failure_mutex_
  std::thread thread_;
};

}  // namespace countersign::ledger
